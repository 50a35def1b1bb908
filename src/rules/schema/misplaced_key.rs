//! A key stands in a table that does not know it.

use crate::decode::classify::Class;
use crate::decode::named;
use crate::report::Fix;
use crate::rules::schema::{place, unknown};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("schema", "misplaced_key", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for unknown in unknown(context) {
        let Class::Misplaced(path) = &unknown.class else { continue };
        let help = if path.contains('.') {
            format!("it belongs to `{path}`")
        } else {
            format!("`{path}` belongs to the top level")
        };
        let name = context.source.slice(unknown.part);
        let finding = sink.report(
            unknown.part,
            format!("`{name}` is not a key of {}", place(&unknown.path, unknown.at)),
        );
        finding.label("passed over without a word").key(named(&unknown.path)).help(help);
        // With quotes in it, the path holds a name that only the user knows.
        let known = !path.contains('"') && unknown.span == unknown.part;
        if let Some((table, name)) = path.rsplit_once('.').filter(|_| known) {
            let table = worker_in_use(context, table);
            let path: Vec<_> = table.split('.').collect();
            let fix = Fix::unsafe_(format!("move it to `[{table}]`"));
            let fix = fix.move_pair(&context.layout, unknown.span, name, &path);
            fix.map(|fix| finding.fix(fix));
        }
    }
}

/// The table, or that of the containerd worker if the file uses it alone.
fn worker_in_use(context: &Context<'_>, table: &str) -> String {
    let [(_, oci), (_, containerd)] = context.workers();
    let off = oci.enabled.get() == Some(&false) || !oci.is_present();
    if off && containerd.is_present() && containerd.enabled.get() != Some(&false) {
        return table.replace("worker.oci", "worker.containerd");
    }
    table.to_owned()
}
