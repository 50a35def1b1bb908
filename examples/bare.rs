//! What parts of a run cost without bklint, for `benches/run`: `bare nothing`, `bare events FILE`
//! (read it and lex it with `toml_parser`), `bare tree FILE` (parse it with `toml_edit`).

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    if what == "nothing" {
        return ExitCode::SUCCESS;
    }
    #[allow(clippy::disallowed_methods, reason = "a bare program has no `World`")]
    let Some(Ok(text)) = arguments.next().map(std::fs::read_to_string) else {
        return ExitCode::from(2);
    };
    let good = match &*what {
        "events" => {
            let source = toml_parser::Source::new(&text);
            let tokens = source.lex().into_vec();
            let mut events = Vec::with_capacity(tokens.len());
            toml_parser::parser::parse_document(&tokens, &mut events, &mut ());
            !events.is_empty()
        }
        "tree" => toml_edit::Document::parse(&*text).is_ok(),
        _ => false,
    };
    if good { ExitCode::SUCCESS } else { ExitCode::from(2) }
}
