//! What parts of a run cost without bklint, for `benches/run`: `bare nothing`, `bare events FILE`
//! (read it and lex it with `toml_parser`), `bare tree FILE...` (parse them with `toml_edit`, several
//! at a time).

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let good = match arguments.split_first() {
        Some((what, [])) if what == "nothing" => true,
        Some((what, [file])) if what == "events" => read(file).is_some_and(|text| events(&text)),
        Some((what, files)) if what == "tree" => trees(files),
        _ => false,
    };
    if good { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

#[allow(clippy::disallowed_methods, reason = "a bare program has no `World`")]
fn read(file: &String) -> Option<String> {
    std::fs::read_to_string(file).ok()
}

fn events(text: &str) -> bool {
    let source = toml_parser::Source::new(text);
    let tokens = source.lex().into_vec();
    let mut events = Vec::with_capacity(tokens.len());
    toml_parser::parser::parse_document(&tokens, &mut events, &mut ());
    !events.is_empty()
}

fn trees(files: &[String]) -> bool {
    let next = AtomicUsize::new(0);
    let parse = || {
        loop {
            let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) else { return true };
            if read(file).is_none_or(|text| toml_edit::Document::parse(&*text).is_err()) {
                return false;
            }
        }
    };
    #[allow(clippy::disallowed_methods, reason = "a bare program has no `World`")]
    let cpus = std::thread::available_parallelism().map_or(1, usize::from).min(files.len());
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..cpus).map(|_| scope.spawn(parse)).collect();
        let own = parse();
        others.into_iter().all(|other| other.join().is_ok_and(|good| good)) && own
    })
}
