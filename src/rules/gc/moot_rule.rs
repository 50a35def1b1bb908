//! A rule that comes too late.

use super::limits::{Limits, age, is_filtered, policies};
use crate::model::{Bytes, Element, GcRule};
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("gc", "moot_rule", check);

/// How many rules before one are looked at; nobody writes more.
const MANY: usize = 50;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, rules) in policies(context) {
        for (at, late) in rules.iter().enumerate().take(MANY) {
            let Some(early) = rules.iter().take(at).find(|early| covers(name, early, late)) else {
                continue;
            };
            sink.report(late.key, "rule never finds anything left to delete")
                .key(format!("{name}.gcpolicy"))
                .label("keeps at least what is left then")
                .also(early.key, "has deleted all of it before")
                .note("rules run in their order, each on what the ones before have left")
                .help("put the narrower rule first, or remove this one");
        }
    }
}

/// Whether the first rule deletes all that the second would.
fn covers(name: &'static str, early: &GcRule<'_>, late: &GcRule<'_>) -> bool {
    let same = |(a, b): (&Element<'_>, &Element<'_>)| a.value == b.value;
    let (first, second) = (early.filters.items(), late.filters.items());
    let alike = first.len() == second.len() && first.iter().zip(second).all(same);
    let (a, b) = (Limits::of_rule(name, early), Limits::of_rule(name, late));
    let reach = (!is_filtered(early) || alike)
        && (early.all.is_true() || !late.all.is_true())
        && age(early) <= age(late);
    reach && a.legible() && b.legible() && strict(&a, &b)
}

/// Whether the first limits are at least as strict as the second, whatever the disk.
fn strict(a: &Limits<'_>, b: &Limits<'_>) -> bool {
    if !a.is_limited() {
        // It deletes by age alone; without an age it wipes the cache, which is said elsewhere.
        return !a.ageless();
    }
    if !b.is_limited() {
        return false;
    }
    let caps = match (cap(a), cap(b)) {
        (Some(a), Some(b)) => at_most(a, b),
        (Some(_), None) => true,
        (None, _) => false,
    };
    let free = a.size("minFreeSpace");
    let wish = b.size("minFreeSpace");
    let frees = wish.is_zero() || at_most(wish, free) && at_most(a.reserve(), b.reserve());
    caps && frees
}

/// The most that may be left; none if only free space counts, or if it depends on the disk.
fn cap(limits: &Limits<'_>) -> Option<Bytes> {
    let (most, reserve) = (limits.size("maxUsedSpace"), limits.reserve());
    if most.is_zero() {
        return limits.size("minFreeSpace").is_zero().then_some(reserve);
    }
    match (at_most(reserve, most), at_most(most, reserve)) {
        (true, _) => Some(most),
        (_, true) => Some(reserve),
        _ => None,
    }
}

/// Whether a size is no larger than another; not if that depends on the disk.
fn at_most(a: Bytes, b: Bytes) -> bool {
    a.is_zero()
        || a.percentage == 0 && b.percentage == 0 && a.bytes <= b.bytes
        || a.bytes == 0 && b.bytes == 0 && a.percentage <= b.percentage
}
