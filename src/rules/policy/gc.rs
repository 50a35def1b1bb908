//! Garbage collection is off, or keeps more or less than the policy allows.

use crate::effective::gc::{Collection, Limit, Rule as GcRule, size};
use crate::model::{Data, Size, Table, Worker};
use crate::policy::condition::{Answer, Operand, Test};
use crate::policy::{Origin, Params};
use crate::rules::{Context, Rule, Sink};
use crate::source::Span;

/// See the page.
pub static RULE: Rule = rule!(Facts, "policy", "gc", check);

/// How the rules in force that are about everything are held against a parameter.
struct Bound {
    name: &'static str,
    key: &'static str,
    value: fn(&GcRule<'_>) -> Option<Limit>,
    /// All of them must pass, or one.
    all: bool,
    /// What no limit means.
    unlimited: Answer,
}

const BOUNDS: [Bound; 5] = {
    use Answer::{No, Yes};
    const fn bound(
        name: &'static str,
        key: &'static str,
        value: fn(&GcRule<'_>) -> Option<Limit>,
        all: bool,
        unlimited: Answer,
    ) -> Bound {
        Bound { name, key, value, all, unlimited }
    }
    [
        bound("min-reserved", "reservedSpace", |rule| rule.reserved, true, No),
        bound("max-reserved", "reservedSpace", |rule| rule.reserved, true, Yes),
        bound("min-used", "maxUsedSpace", ceiling, true, Yes),
        bound("max-used", "maxUsedSpace", ceiling, false, No),
        bound("min-free", "minFreeSpace", |rule| rule.free, false, No),
    ]
};

fn check(params: &Params, context: &Context<'_>, sink: &mut Sink<'_>) {
    for (name, worker) in context.workers() {
        let effective = context.effective();
        if !effective.is_used(name.strip_prefix("worker.").unwrap_or(name)) {
            continue;
        }
        match effective.collection(name, worker) {
            Collection::Off => off(params, context, sink, (name, worker)),
            Collection::Rules(rules) => {
                for bound in &BOUNDS {
                    bound.check(params, context, sink, (name, worker), &rules);
                }
            }
        }
    }
}

/// A worker with the name of its table.
type Named<'a> = (&'a str, &'a Table<Worker<'a>>);

fn off(params: &Params, context: &Context<'_>, sink: &mut Sink<'_>, (name, worker): Named<'_>) {
    let demands = ["max-used", "min-free"].iter().filter_map(|name| params.get(name));
    let origin = params.switch("required", true).or(demands.map(|(_, origin)| origin).next());
    let Some(origin) = origin else { return };
    let key = format!("{name}.gc");
    let place = worker.gc.field().map_or(table(worker), |field| field.span);
    let flag = context.effective().flag(&key);
    let finding = sink.report(place, "garbage collection is off, expected on");
    finding.key(key).label(flag.map_or("off".to_owned(), |flag| format!("off by {}", flag.flag)));
    finding.note("the cache grows until the disk is full").labels.push(origin.label());
}

impl Bound {
    fn check(
        &self,
        params: &Params,
        context: &Context<'_>,
        sink: &mut Sink<'_>,
        (name, worker): Named<'_>,
        rules: &[GcRule<'_>],
    ) {
        let Some((limit, origin)) = params.size(self.name) else { return };
        let operand = Operand::Size(limit, String::new());
        let (wanted, test) = if self.name.starts_with("min-") {
            ("at least", Test::Min(operand))
        } else {
            ("at most", Test::Max(operand))
        };
        let general = rules.iter().enumerate().filter(|(_, rule)| rule.is_general());
        let held = general.map(|(at, rule)| (at, self.answer(rule, &test)));
        let answers = held.clone().map(|(_, answer)| answer);
        let answer = if self.all {
            answers.fold(Answer::Yes, Answer::and)
        } else {
            answers.fold(Answer::No, Answer::or)
        };
        if answer == Answer::Yes {
            return;
        }
        let path = |at: usize| {
            let own = worker.gcpolicy.is_empty();
            let at = if own { String::new() } else { format!(".gcpolicy[{at}]") };
            format!("{name}{at}.{}", self.key)
        };
        let mut such = held.filter(|(_, found)| *found == answer);
        if answer == Answer::Unknown {
            let path = path(such.next().map_or(0, |(at, _)| at));
            return sink.undecided(&path, "what it is compared with is of another sort");
        }
        let expected = format!("{wanted} {}", size(limit));
        let Some((at, _)) = such.next_back() else {
            let message = format!("no rule bounds the whole cache, expected {expected}");
            let place = worker.gcpolicy.last().map_or(table(worker), |rule| rule.key);
            let finding = sink.report(place, message).key(format!("{name}.gcpolicy"));
            finding.label("the last one is about some records only").labels.push(origin.label());
            return;
        };
        self.report(context, sink, (name, worker), (rules, at), (&expected, origin));
    }

    fn answer(&self, rule: &GcRule<'_>, test: &Test) -> Answer {
        match (self.value)(rule) {
            Some(limit) => test.holds(&data(limit), true),
            None => self.unlimited,
        }
    }

    fn report(
        &self,
        context: &Context<'_>,
        sink: &mut Sink<'_>,
        (name, worker): Named<'_>,
        (rules, at): (&[GcRule<'_>], usize),
        (expected, origin): (&str, &Origin),
    ) {
        let value = rules.get(at).and_then(self.value);
        let is = value.map_or("is not set".to_owned(), |limit| format!("is {}", words(limit)));
        let (path, leaf, otherwise, flag) = match worker.gcpolicy.get(at) {
            Some(rule) => {
                let path = format!("{name}.gcpolicy[{at}].{}", self.key);
                let leaf = match self.key {
                    "reservedSpace" => &rule.body.reserved_space,
                    "maxUsedSpace" => &rule.body.max_used_space,
                    _ => &rule.body.min_free_space,
                };
                (path, leaf, rule.key, None)
            }
            None => {
                let path = format!("{name}.{}", self.key);
                let leaf = match self.key {
                    "reservedSpace" => &worker.reserved_space,
                    "maxUsedSpace" => &worker.max_used_space,
                    _ => &worker.min_free_space,
                };
                let flag = context.effective().flag(&path);
                (path, leaf, table(worker), flag)
            }
        };
        let label = match (flag, place(leaf)) {
            (Some(flag), _) => format!("by {}", flag.flag),
            (None, Some(_)) => is.clone(),
            (None, None) if worker.gcpolicy.is_empty() => "buildkitd's default".to_owned(),
            (None, None) => "not set here".to_owned(),
        };
        let message = format!("`{path}` {is}, expected {expected}");
        let finding = sink.report(place(leaf).unwrap_or(otherwise), message).key(path);
        finding.label(label).labels.push(origin.label());
    }
}

fn place(leaf: &Size<'_>) -> Option<Span> {
    leaf.field().filter(|field| !field.value.is_zero()).map(|field| field.span)
}

fn ceiling(rule: &GcRule<'_>) -> Option<Limit> {
    rule.ceiling()
}

/// Where a worker's table stands.
fn table(worker: &Table<Worker<'_>>) -> Span {
    worker.places.first().copied().unwrap_or(Span::at(0))
}

fn data(limit: Limit) -> Data<'static> {
    match limit {
        Limit::Size(size) => Data::Size(size),
        Limit::Detected(words) => Data::Words(words.into()),
    }
}

fn words(limit: Limit) -> String {
    match limit {
        Limit::Size(bytes) => size(bytes),
        Limit::Detected(words) => words.to_owned(),
    }
}
