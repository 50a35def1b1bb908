//! Whether the daemon would come up.
//!
//! Faults that stop it are findings of rules. What is left is what the file cannot tell: files
//! that were not looked at, and the machine. Taken for granted is a machine that BuildKit runs on
//! at all: Linux, runc, the rights to create its folders, ports that no other program holds.

use std::net::IpAddr;

use super::value::Effective;
use crate::model::Worker;
use crate::order::Order;
use crate::report::{Finding, Impact, Unchecked, Verdict};

/// What was found that would stop the daemon.
#[derive(Clone, Copy, Default, Debug)]
pub struct Stops {
    /// Something of the worker containerd.
    containerd: bool,
    /// Something else.
    other: bool,
}

impl Stops {
    /// Notes what a finding says about it.
    pub fn add(&mut self, finding: &Finding) {
        if finding.impact == Impact::Start {
            let key = finding.key.as_deref().unwrap_or_default();
            let containerd = key.starts_with("worker.containerd.");
            self.containerd |= containerd;
            self.other |= !containerd;
        }
    }
}

/// The verdict on a file that loads.
#[must_use]
pub fn verdict(effective: Effective<'_>, stops: Stops, unchecked: &[Unchecked]) -> Verdict {
    stopped(effective, stops).unwrap_or_else(|| open(effective, unchecked))
}

/// The verdict on a file with faults that would stop the daemon.
fn stopped(effective: Effective<'_>, stops: Stops) -> Option<Verdict> {
    if !stops.containerd && !stops.other {
        return None;
    }
    let optional = effective.config.worker.containerd.enabled.is_absent() && !oci_is_off(effective);
    if !optional || stops.other {
        return Some(Verdict::No);
    }
    // Where containerd does not answer, buildkitd does without this worker.
    let socket = socket(effective);
    let reason = format!("it ends if containerd answers at {socket}, else it starts");
    Some(Verdict::Unknown(reason.into()))
}

/// The verdict on a file without such faults.
fn open(effective: Effective<'_>, unchecked: &[Unchecked]) -> Verdict {
    let needs = needs(effective);
    let files = unchecked.iter().filter(|item| item.impact == Some(Impact::Start));
    let mut files: Vec<_> = files.map(|item| &*item.what).collect();
    files.order();
    files.dedup();
    let first = match (files.as_slice(), needs.as_slice()) {
        ([], []) => return Verdict::Yes,
        ([], [need, ..]) => need.clone(),
        ([file], _) => format!("it hangs on {file}, which was not looked at"),
        ([file, more @ ..], _) => {
            format!("it hangs on {file} and {} more, which were not looked at", more.len())
        }
    };
    let others = needs.len() + usize::from(!files.is_empty()) - 1;
    let reason = match others {
        0 => first,
        1 => format!("{first}, and on one thing more"),
        others => format!("{first}, and on {others} things more"),
    };
    Verdict::Unknown(reason.into())
}

/// What only the machine can tell, each as a sentence.
fn needs(effective: Effective<'_>) -> Vec<String> {
    let mut needs = Vec::new();
    let config = effective.config;
    let containerd = &config.worker.containerd;
    let oci_off = oci_is_off(effective);
    if containerd.enabled.is_true() || oci_off && containerd.enabled.is_absent() {
        needs.push(format!("containerd has to answer at {}", socket(effective)));
    }
    if !oci_off {
        needs.extend(oci_needs(&config.worker.oci));
    }
    if effective.flag("grpc.address").is_some() {
        return needs;
    }
    for item in config.grpc.address.items() {
        if let Some(host) = item.value.strip_prefix("tcp://").and_then(tcp_host) {
            needs.push(match host.parse::<IpAddr>() {
                Ok(IpAddr::V6(ip)) if ip.is_loopback() => "IPv6 has to be on".to_owned(),
                Ok(_) => format!("{host} has to be an address of the machine"),
                Err(_) => format!("`{host}` has to be a name of the machine"),
            });
        }
    }
    needs
}

fn oci_needs(worker: &Worker<'_>) -> Option<String> {
    let remap = worker.user_remap_unsupported.text();
    if !remap.is_empty() {
        return Some(format!("user `{remap}` has to have ranges in /etc/subuid and /etc/subgid"));
    }
    let proxied = !worker.proxy_snapshotter_path.text().is_empty();
    match worker.snapshotter.text() {
        name @ ("overlayfs" | "fuse-overlayfs" | "stargz") if !proxied => {
            Some(format!("the machine has to support the snapshotter `{name}`"))
        }
        _ => None,
    }
}

fn oci_is_off(effective: Effective<'_>) -> bool {
    effective.config.worker.oci.enabled.get() == Some(&false)
}

/// Where containerd is expected.
fn socket(effective: Effective<'_>) -> &str {
    match effective.config.worker.containerd.address.text() {
        "" => "/run/containerd/containerd.sock",
        path => path,
    }
}

/// The host of `host:port` if not every machine has it.
fn tcp_host(address: &str) -> Option<&str> {
    let host = address.rsplit_once(':')?.0;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let everywhere = match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_unspecified() || ip.is_loopback(),
        Ok(IpAddr::V6(ip)) => ip.is_unspecified(),
        Err(_) => host.is_empty() || host == "localhost",
    };
    (!everywhere).then_some(host)
}

#[cfg(test)]
mod tests {
    use crate::levels::Levels;
    use crate::report::Verdict;
    use crate::session::Session;
    use crate::settings::Settings;
    use crate::source::Source;
    use crate::world::Memory;

    fn starts(text: &str) -> Verdict {
        let world = Memory::default();
        let session = Session::new(Settings::default(), Levels::default(), &world);
        session.check(Source::new("buildkitd.toml", text.into())).starts
    }

    fn open(reason: &str) -> Verdict {
        Verdict::Unknown(reason.to_owned().into())
    }

    #[test]
    fn what_was_not_looked_at_keeps_it_open() {
        let tls = "[grpc.tls]\ncert = \"/c.pem\"\nkey = \"/k.pem\"\n";
        assert_eq!(starts("debug = true\n"), Verdict::Yes);
        assert_eq!(starts(tls), open("it hangs on /c.pem and 1 more, which were not looked at"));
        assert_eq!(
            starts(&format!("provenanceEnvDir = \"/p\"\n{tls}[worker.oci]\nenabled = false\n")),
            open("it hangs on /c.pem and 2 more, which were not looked at, and on one thing more")
        );
    }

    #[test]
    fn faults_of_a_worker_that_may_be_left_out_decide_nothing() {
        let fault = "[worker.containerd]\nnetworkMode = \"none\"\n";
        let reason = "it ends if containerd answers at /run/containerd/containerd.sock, \
                      else it starts";
        assert_eq!(starts(fault), open(reason));
        assert_eq!(starts(&format!("{fault}enabled = true\n")), Verdict::No);
        assert_eq!(starts(&format!("{fault}[worker.oci]\nenabled = false\n")), Verdict::No);
    }
}
