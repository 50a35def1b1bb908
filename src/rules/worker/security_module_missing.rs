//! A security module that this machine does not have.

use std::path::Path;

use crate::report::Locality;
use crate::rules::{Context, Rule, Sink};
use crate::settings::Files;
use crate::world::Failure;

/// See the page.
pub static RULE: Rule = rule!("worker", "security_module_missing", check);

/// What must be there for AppArmor, as containerd's `pkg/apparmor` looks for it.
const APPARMOR: [&str; 3] = [
    "/sys/kernel/security/apparmor",
    "/sbin/apparmor_parser",
    "/sys/module/apparmor/parameters/enabled",
];
/// Where SELinux shows itself.
const SELINUX: [&str; 1] = ["/sys/fs/selinux"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // Only a file in its own place speaks of the machine that bklint runs on.
    let here = context.locality == Locality::Here
        && context.settings.files == Files::Auto
        && context.settings.root.is_none();
    let missing = |paths: &[&'static str]| {
        let gone = |path: &&&str| context.world.kind(Path::new(path)) == Err(Failure::Missing);
        paths.iter().find(gone).copied()
    };
    for (name, worker) in context.live_workers() {
        let profile = worker.apparmor_profile.field().filter(|profile| !profile.value.is_empty());
        let labels = worker.selinux.field().filter(|selinux| selinux.value);
        let asked = [
            ("apparmor-profile", "AppArmor", profile.map(|field| field.span), &APPARMOR[..]),
            ("selinux", "SELinux", labels.map(|field| field.span), &SELINUX[..]),
        ];
        for (key, module, span, paths) in asked {
            let Some(span) = span else { continue };
            if !here {
                sink.unchecked(format!("{name}.{key}"), "not this machine's file");
            } else if let Some(path) = missing(paths) {
                sink.report(span, format!("this machine has no {module}"))
                    .key(format!("{name}.{key}"))
                    .label(format!("`{path}` does not exist"))
                    .note("buildkitd starts; every RUN step then fails")
                    .help("leave the line out, or turn the module on");
            }
        }
    }
}
