//! The headers and pairs of a document in their order: `handleRootExpression` of go-toml.

use super::decoder::Decoder;
use super::fault::FaultKind;
use super::merged::Merged;
use super::place::Place;
use super::quirk::Quirk;
use super::seen::Seen;
use crate::model::Config;
use crate::tree::{NodeId, NodeKind};

/// Which keys were written: each decoder keeps its own books.
pub enum Written<'s, 't> {
    Seen(Seen<'s>),
    Merged(Merged<'s, 't>),
}

impl<'s> Decoder<'s, '_> {
    pub fn run(&mut self, config: &mut Config<'s>) {
        let tree = self.tree;
        let mut written = if self.quirks.has(Quirk::MergedTables) {
            Written::Merged(Merged::new(self.source, tree))
        } else {
            Written::Seen(Seen::new())
        };
        let mut top = tree.top().peekable();
        while let Some((id, node)) = top.next() {
            self.node = id;
            self.path.clear();
            match &node.kind {
                NodeKind::Header { keys, array } => {
                    let parts = self.parts(keys);
                    if parts.is_empty() {
                        // A header without a name: what follows belongs to nobody.
                        while top.next_if(|(_, node)| is_pair(&node.kind)).is_some() {}
                        continue;
                    }
                    let before = match &mut written {
                        Written::Seen(seen) => seen.header(&parts, *array),
                        Written::Merged(merged) => {
                            let raw = self.source.slice(node.span).trim_matches(['[', ']']);
                            merged.header(&parts, raw, *array)
                        }
                    };
                    let first = before.as_ref().is_ok_and(|first| *first);
                    let fault = before.err();
                    if let Some((at, kind)) = fault {
                        self.fault_at(kind, &parts, at);
                        if let FaultKind::NotATable { .. } = kind {
                            while top.next_if(|(_, node)| is_pair(&node.kind)).is_some() {}
                            continue;
                        }
                    }
                    match self.open(config, &parts, *array, first) {
                        Ok(mut place) => {
                            self.path.extend(parts.iter().map(|part| part.0.clone()));
                            self.spare.push(parts);
                            while let Some((id, pair)) =
                                top.next_if(|(_, node)| is_pair(&node.kind))
                            {
                                self.node = id;
                                self.top_pair(&mut written, Some(&mut place), id, &pair.kind);
                            }
                        }
                        Err(stop) => {
                            if fault.is_none() {
                                self.stop(stop, &parts);
                            }
                            // The loader passes over the pairs too.
                            while let Some((id, pair)) =
                                top.next_if(|(_, node)| is_pair(&node.kind))
                            {
                                self.node = id;
                                self.top_pair(&mut written, None, id, &pair.kind);
                            }
                        }
                    }
                }
                kind => {
                    self.top_pair(&mut written, Some(&mut Place::Rows(config)), id, kind);
                }
            }
        }
    }

    /// A pair below a header. Without a place it is passed over, and only decoders that merge all
    /// tables notice a duplicate.
    pub fn top_pair(
        &mut self,
        written: &mut Written<'s, '_>,
        place: Option<&mut Place<'_, 's>>,
        id: NodeId,
        kind: &NodeKind,
    ) {
        let NodeKind::Pair { keys } = kind else { return };
        let parts = self.parts(keys);
        let fault = match written {
            Written::Seen(_) if place.is_none() => return,
            Written::Seen(seen) => {
                let fault = seen.pair(&parts).err();
                self.inline_duplicates(id);
                fault
            }
            Written::Merged(merged) => merged.pair(&parts, id + 1).err(),
        };
        match (fault, place) {
            (Some((at, kind)), _) => self.fault_at(kind, &parts, at),
            (None, Some(place)) => self.pair(place.reborrow(), &parts, id),
            (None, None) => {}
        }
        self.spare.push(parts);
    }

    /// Each inline table is tracked on its own.
    pub fn inline_duplicates(&mut self, pair: NodeId) {
        let tree = self.tree;
        let Some(node) = tree.nodes.get(pair) else { return };
        for id in pair..node.end as usize {
            if tree.nodes.get(id).is_none_or(|node| node.kind != NodeKind::Inline || node.broken) {
                continue;
            }
            let mut seen = Seen::new();
            for (_, pair) in tree.children(id) {
                if let NodeKind::Pair { keys } = &pair.kind {
                    let parts = self.parts(keys);
                    if let Err((at, kind)) = seen.pair(&parts) {
                        self.fault_at(kind, &parts, at);
                    }
                    self.spare.push(parts);
                }
            }
        }
    }
}

pub const fn is_pair(kind: &NodeKind) -> bool {
    matches!(kind, NodeKind::Pair { .. })
}
