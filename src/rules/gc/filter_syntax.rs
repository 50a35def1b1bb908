//! Filters that do not do what they say.

use crate::model::{Element, GcRule};
use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "filter_syntax", check);

/// The types of cache records.
const TYPES: [&str; 6] =
    ["internal", "frontend", "source.local", "source.git.checkout", "exec.cachemount", "regular"];
/// The fields that a filter can ask for.
const FIELDS: [&str; 9] =
    ["id", "parents", "description", "inuse", "mutable", "immutable", "type", "shared", "private"];
/// Fields that are there or not and have no value.
const FLAGS: [&str; 5] = ["inuse", "mutable", "immutable", "shared", "private"];

/// What is wrong with a filter.
enum Fault {
    /// It does not parse; what mends it.
    Syntax(Option<String>),
    /// It matches nothing; why.
    Never(String),
    /// It matches everything; why.
    Always(String),
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.live_workers() {
        if worker.gc.get() == Some(&false) {
            continue;
        }
        for rule in worker.gcpolicy.iter() {
            for filter in rule.filters.items() {
                let text = filter.value.as_ref();
                let Some(fault) = judge(text, rule.all.is_true(), name) else { continue };
                let (message, label, note) = match &fault {
                    Fault::Syntax(_) => (
                        format!("filter `{text}` does not parse"),
                        "expected a field, `==`, `!=` or `~=`, and a value".to_owned(),
                        "the daemon starts; each collection ends with \"gc error\" in its log",
                    ),
                    Fault::Never(why) => (
                        format!("filter `{text}` never matches"),
                        why.clone(),
                        "nothing is deleted because of this filter, and nothing is logged",
                    ),
                    Fault::Always(why) => (
                        format!("filter `{text}` matches everything"),
                        why.clone(),
                        "the rule deletes records of all sorts",
                    ),
                };
                let finding = sink
                    .report(filter.span, message)
                    .key(format!("{name}.gcpolicy.filters"))
                    .label(label)
                    .note(note);
                if let Fault::Syntax(Some(mended)) = fault {
                    let text = format!("\"{mended}\"");
                    finding.fix(Fix::unsafe_("compare with `==`").replace(filter.span, text));
                } else if let Some(list) = separate(text) {
                    finding
                        .fix(Fix::unsafe_("write one string for each").replace(filter.span, list));
                } else if let Some(near) = near_type(text) {
                    let text = format!("\"type=={near}\"");
                    finding
                        .fix(Fix::unsafe_(format!("ask for `{near}`")).replace(filter.span, text));
                }
            }
        }
    }
}

/// Whether a rule acts on no record at all, since none of its filters works.
pub(super) fn is_idle(rule: &GcRule<'_>, worker: &str) -> bool {
    let broken = |filter: &Element<'_>| {
        let fault = judge(&filter.value, rule.all.is_true(), worker);
        matches!(fault, Some(Fault::Syntax(_) | Fault::Never(_)))
    };
    let filters = rule.filters.items();
    !filters.is_empty() && filters.iter().all(broken)
}

/// Judges one filter; what is beyond it, such as quoted values, it lets pass.
fn judge(text: &str, all: bool, worker: &str) -> Option<Fault> {
    let shared = all && worker == "worker.containerd";
    // Empty matches everything, which is another matter.
    if text.is_empty() || text.contains(['"', '\\']) {
        return None;
    }
    let mut types: Vec<&str> = Vec::new();
    let mut found = None;
    for selector in text.split(',').map(str::trim) {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let field = selector.trim_start_matches(word);
        let (field, rest) = selector.split_at(selector.len() - field.len());
        let rest = rest.trim_start();
        if field.is_empty() {
            return Some(Fault::Syntax(None));
        }
        if rest.is_empty() {
            found = found.or_else(|| presence(field, shared));
            continue;
        }
        let Some(op) = ["==", "!=", "~="].into_iter().find(|op| rest.starts_with(op)) else {
            let value = rest.strip_prefix('=').filter(|value| value.chars().all(word));
            let lone = value.filter(|value| !value.is_empty() && !text.contains(','));
            return Some(Fault::Syntax(lone.map(|value| format!("{field}=={value}"))));
        };
        let value = rest.get(op.len()..).unwrap_or_default().trim_start();
        if op == "~=" {
            if let Some(why) = broken_pattern(value) {
                found = found.or(Some(Fault::Never(why.into())));
            }
            continue;
        }
        if value.is_empty() || value.starts_with('=') || value.contains(char::is_whitespace) {
            return Some(Fault::Syntax(None));
        }
        if field == "type" && op == "==" {
            types.push(value);
        }
        found = found.or_else(|| comparison(field, op, value, all));
    }
    types.dedup();
    if types.len() > 1 {
        return Some(Fault::Never("no record has two types".into()));
    }
    // Among others, a condition that is always met changes nothing.
    found.filter(|fault| !matches!(fault, Fault::Always(_)) || !text.contains(','))
}

/// The type that a filter for an unknown one probably means.
fn near_type(filter: &str) -> Option<&'static str> {
    let written = filter.strip_prefix("type==")?.trim();
    if TYPES.contains(&written) {
        return None;
    }
    let written = written.to_lowercase();
    let near = |name: &&str| {
        // The last part alone, or a slip or two.
        name.rsplit('.').next() == Some(&written)
            || strsim::damerau_levenshtein(name, &written) <= name.len() / 5
    };
    TYPES.iter().copied().find(near)
}

/// Judges a field that stands alone.
fn presence(field: &str, shared: bool) -> Option<Fault> {
    match field {
        // Shared records are looked for in containerd's leases, and passed over without `all`.
        "shared" if !shared => Some(Fault::Never(
            "only containerd's worker has such, and only with `all = true`".into(),
        )),
        "inuse" | "parents" => {
            Some(Fault::Never(format!("`{field}` is never set while collecting")))
        }
        _ if FIELDS.contains(&field) => None,
        _ => Some(Fault::Never(format!("there is no field `{field}`"))),
    }
}

/// Judges a field with a value.
fn comparison(field: &str, op: &str, value: &str, all: bool) -> Option<Fault> {
    let kind = |why: String| if op == "!=" { Fault::Always(why) } else { Fault::Never(why) };
    if !FIELDS.contains(&field) {
        return Some(kind(format!("there is no field `{field}`")));
    }
    if FLAGS.contains(&field) {
        return Some(kind(format!("`{field}` has no value; write it alone")));
    }
    if field != "type" {
        return None;
    }
    if !TYPES.contains(&value) {
        return Some(kind(format!("there is no type `{value}`")));
    }
    let hidden = !all && op == "==" && matches!(value, "internal" | "frontend");
    hidden.then(|| Fault::Never(format!("records of type `{value}` need `all = true`")))
}

/// What keeps a regular expression from being one, as far as that shows from its brackets.
fn broken_pattern(pattern: &str) -> Option<&'static str> {
    let (mut round, mut square) = (0u32, false);
    for c in pattern.chars() {
        match c {
            '[' => square = true,
            ']' => square = false,
            '(' if !square => round += 1,
            ')' if !square => match round.checked_sub(1) {
                Some(rest) => round = rest,
                None => return Some("the expression closes a bracket that is not open"),
            },
            _ => {}
        }
    }
    if round > 0 || square {
        return Some("the expression leaves a bracket open");
    }
    pattern.starts_with(['*', '+', '?']).then_some("the expression repeats nothing")
}

/// Known types joined by commas, as a list of strings.
fn separate(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let known =
        |part: &&str| part.strip_prefix("type==").is_some_and(|value| TYPES.contains(&value));
    let list: Vec<String> = parts.iter().map(|part| format!("\"{part}\"")).collect();
    (parts.len() > 1 && parts.iter().all(known)).then(|| list.join(", "))
}
