//! Mirrors that no longer serve the public.

use crate::hosts::{content, remove_mirror};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("mirror", "shut_down", check);

const AZURE: &str = "https://github.com/Azure/container-service-for-azure-china/issues/58";

/// Host, or a domain from its first dot on; what became of it; and where its operator or its users
/// say so.
const GONE: &[(&str, &str, &str)] = &[
    (
        ".mirror.aliyuncs.com",
        "open to machines of Alibaba Cloud only, since 2024",
        "https://help.aliyun.com/zh/acr/product-overview/product-change-acr-mirror-accelerator-function-adjustment-announcement",
    ),
    (
        "docker.mirrors.sjtug.sjtu.edu.cn",
        "closed since 2024",
        "https://github.com/sjtug/mirror-requests/issues/369",
    ),
    (
        "docker.mirrors.ustc.edu.cn",
        "closed to all but its university since 2022",
        "https://mirrors.ustc.edu.cn/help/dockerhub.html",
    ),
    ("dockerhub.azk8s.cn", "open to addresses of Azure China only, since 2020", AZURE),
    ("gcr.azk8s.cn", "open to addresses of Azure China only, since 2020", AZURE),
    ("quay.azk8s.cn", "open to addresses of Azure China only, since 2020", AZURE),
    (
        "reg-mirror.qiniu.com",
        "closed since 2020",
        "https://github.com/docker-practice/docker-registry-cn-mirror-test/issues/3",
    ),
    ("registry.docker-cn.com", "closed since 2019", "https://github.com/docker/docs/issues/8793"),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for mirror in context.mirrors().iter() {
        let host = &*mirror.host;
        let Some((_, fate, source)) = GONE.iter().find(|(name, ..)| is(name, host)) else {
            continue;
        };
        let finding = sink
            .report(
                content(context.source, mirror.element.span),
                format!("mirror `{host}` no longer serves the public"),
            )
            .label(*fate)
            .note("buildkitd asks it in its turn and goes on when it fails; each look-up takes longer")
            .help(format!("remove it; see {source}"));
        let fix = remove_mirror(&context.layout, mirror.entry, mirror.element, "remove it");
        fix.map(|fix| finding.fix(fix));
    }
}

/// Whether a host is the one named, or lies below the domain named.
fn is(name: &str, host: &str) -> bool {
    host == name || name.starts_with('.') && host.ends_with(name)
}
