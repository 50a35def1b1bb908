//! A path to listen on that is written as an address to send to.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("otel", "socket_path", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(path) = context.decoded.config.otel.socket_path.field() else { return };
    let text = path.value.as_ref();
    if let Some(bare) = text.strip_prefix("unix://") {
        let finding = sink
            .report(path.span, "`socketPath` takes a path without `unix://`")
            .key("otel.socketPath")
            .label("a folder named `unix:` below the working directory")
            .note("the socket is not at the path that the file names");
        if bare.starts_with('/') && !bare.contains(['"', '\\']) {
            let text = format!("\"{bare}\"");
            finding.fix(Fix::unsafe_("write the path alone").replace(path.span, text));
        }
        return;
    }
    let port = text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if text.contains("://") || (port && !text.starts_with(['/', '\\'])) {
        sink.report(path.span, format!("`{text}` is no path of a socket"))
            .key("otel.socketPath")
            .label("buildkitd listens here; it sends nothing to it")
            .note("a file of that name appears in the working directory, and no trace goes out")
            .help(
                "name a collector in the environment of buildkitd, such as \
                 `OTEL_EXPORTER_OTLP_ENDPOINT`",
            );
    }
}
