//! The `bklint` command.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use bklint::cli::{self, Answer};
use bklint::world::Machine;

fn main() -> ExitCode {
    let machine = Machine::default();
    match cli::run(std::env::args_os(), &machine, &mut io::stdin().lock()) {
        Ok(answer) => write(answer, &machine),
        Err(error) => {
            // Help and version are no errors, and a closed pipe is none either.
            _ = error.print();
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
    }
}

fn write(mut answer: Answer, machine: &Machine) -> ExitCode {
    for (path, bytes) in std::mem::take(&mut answer.files) {
        if let Err(failure) = machine.write(&path, &bytes) {
            answer.fail(format!("{}: {failure}", path.display()));
            answer.written.clear();
        }
    }
    answer.stdout.append(&mut answer.written);
    // The report goes first, so that the closing lines end up below it on a terminal.
    if let Err(error) = io::stdout().write_all(&answer.stdout).and_then(|()| io::stdout().flush()) {
        // Somebody who has read enough closes the pipe.
        if error.kind() != ErrorKind::BrokenPipe {
            answer.fail(format!("standard output: {error}"));
        }
    }
    _ = io::stderr().write_all(answer.stderr.as_bytes());
    let code = ExitCode::from(answer.code);
    std::mem::forget(answer);
    code
}
