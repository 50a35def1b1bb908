//! Certificates that buildx copies to one place.

use crate::copier::{CONFIG, Copied, HOME, LIMIT, Look};
use crate::hash::HashMap;
use crate::report::Finding;
use crate::rules::deploy::creating;
use crate::rules::{Context, Rule, Sink};

/// See the page.
pub static RULE: Rule = rule!("deploy", "certificates_overwritten", check);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut by_name = HashMap::<&str, Vec<&Copied<'_>>>::default();
    for file in &context.copies().files {
        by_name.entry(&file.name).or_default().push(file);
    }
    for (name, files) in by_name {
        // Within a table the last one wins, as they are written one after the other.
        let Some((last, before)) = files.split_last() else { continue };
        let config = name == CONFIG;
        let mut lost: Vec<_> = before.iter().filter(|file| differ(context, file, last)).collect();
        if config {
            lost = files.iter().collect();
        }
        for file in lost {
            if creating(context, sink).is_none() {
                return;
            }
            report(sink, file, last, config);
        }
    }
}

fn report(sink: &mut Sink<'_>, lost: &Copied<'_>, winner: &Copied<'_>, config: bool) {
    let place = format!("{HOME}/{}", lost.name);
    let title = if config {
        format!("`{}` is overwritten by the configuration", lost.path)
    } else if lost.registry.key == winner.registry.key {
        format!("`{}` is overwritten by another copy", lost.path)
    } else {
        format!("`{}` and another file are copied to one place", lost.path)
    };
    let finding = sink.report(lost.span, title).label("lost in the builder");
    if config {
        finding
            .note(format!("buildx copies it to {place}, where it then puts the configuration"))
            .help("mend the name of the registry, which leads out of the folder for certificates");
        return;
    }
    finding.note(format!("buildx copies both to {place}"));
    if lost.registry.key == winner.registry.key {
        finding.also(winner.span, "copied last");
    } else {
        random(finding, lost, winner);
    }
    finding.help("give one of the files another name");
}

/// buildx goes through the registries in the random order of a Go map.
fn random(finding: &mut Finding, lost: &Copied<'_>, winner: &Copied<'_>) {
    finding.label("copied to the same place").also(winner.span, "copied to the same place");
    finding.note(format!(
        "both `{}` and `{}` become the folder `{}`; which file is left differs from one `docker \
         buildx create` to the next",
        lost.registry.name,
        winner.registry.name,
        crate::copier::folder(&lost.registry.name),
    ));
}

/// Whether two files are not the same; if they cannot be read, by their places.
fn differ(context: &Context<'_>, one: &Copied<'_>, other: &Copied<'_>) -> bool {
    if one.path == other.path || one.place.is_some() && one.place == other.place {
        return false;
    }
    let read = |file: &Copied<'_>| {
        let place = file.place.as_deref().filter(|_| file.look == Look::Fine)?;
        context.world.read(place, u64::from(LIMIT)).ok()
    };
    read(one).is_none_or(|bytes| read(other).is_none_or(|others| bytes != others))
}
