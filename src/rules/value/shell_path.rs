//! A path that only a shell would expand.

use crate::rules::value::paths::paths;
use crate::rules::value::placeholder::mark;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("value", "shell_path", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for path in
        paths(context).iter().filter(|path| path.is_for_shells() && mark(path.text).is_none())
    {
        let finding = sink
            .report(path.span.inner(), format!("`{}` is not expanded", path.text))
            .key(path.key.clone())
            .label("taken as it stands")
            .help("write the path in full");
        if !path.is_absolute() {
            finding.note("it is a path below the folder in which the program was started");
        }
    }
}
