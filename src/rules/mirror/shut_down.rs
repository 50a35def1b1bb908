//! Mirrors that no longer serve the public.

use crate::effective::Mirror;
use crate::hosts::{content, mirrors, remove_element};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "shut_down", check);

const AZURE: &str = "https://github.com/Azure/container-service-for-azure-china/issues/58";

/// Host, what became of it, and where its operator or its users say so.
const GONE: &[(&str, &str, &str)] = &[
    (
        "docker.mirrors.ustc.edu.cn",
        "closed to all but its university since 2022",
        "https://mirrors.ustc.edu.cn/help/dockerhub.html",
    ),
    ("dockerhub.azk8s.cn", "open to addresses of Azure China only, since 2020", AZURE),
    ("gcr.azk8s.cn", "open to addresses of Azure China only, since 2020", AZURE),
    ("quay.azk8s.cn", "open to addresses of Azure China only, since 2020", AZURE),
    ("registry.docker-cn.com", "closed since 2019", "https://github.com/docker/docs/issues/8793"),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (entry, mirror) in mirrors(&context.decoded.config) {
        let host = Mirror::read(&mirror.value).host;
        let Some((_, fate, source)) = GONE.iter().find(|(name, ..)| *name == host) else {
            continue;
        };
        let finding = sink
            .report(
                content(context.source, mirror.span),
                format!("mirror `{host}` no longer serves the public"),
            )
            .label(*fate)
            .note("buildkitd asks it in its turn and goes on when it fails; each look-up takes longer")
            .help(format!("remove it; see {source}"));
        let fix = remove_element(context.source, entry.mirrors.items(), mirror, "remove it");
        fix.map(|fix| finding.fix(fix));
    }
}
