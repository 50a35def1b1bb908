//! Parts of `[dns]` that change nothing.

use crate::report::Fix;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("dns", "no_effect", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let dns = &context.decoded.config.dns;
    let lists = [&dns.nameservers, &dns.options, &dns.search_domains];
    if let Some(place) = dns.places.first().filter(|_| lists.iter().all(|list| list.is_absent())) {
        sink.report(*place, "an empty `[dns]` changes nothing")
            .key("dns")
            .label("steps use what the host has")
            .help("remove it");
    }
    for domain in dns.search_domains.items().iter().filter(|domain| domain.value == ".") {
        let finding = sink
            .report(domain.span, "the search domain `.` is dropped")
            .key("dns.searchDomains")
            .label("not written to the steps' resolv.conf");
        let fix = Fix::unsafe_("remove it");
        fix.remove_element(&context.layout, domain.span).map(|fix| finding.fix(fix));
    }
}
