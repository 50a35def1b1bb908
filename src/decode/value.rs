//! What a value is, read on its own.

use std::borrow::Cow;

use super::decoder::Decoder;
use super::fault::FaultKind;
use super::quirk::Quirk;
use super::scalar::Scalar;
use super::{lexical, older, scalar};
use crate::schema::Kind;
use crate::tree::{NodeId, NodeKind, unquoted};

impl<'s> Decoder<'s, '_> {
    /// An integer for a key that takes `wanted`.
    pub fn integer(&self, value: NodeId, wanted: Kind) -> Result<i64, FaultKind> {
        match (self.scalar(value), self.tree.nodes.get(value)) {
            (Some(Scalar::Integer), Some(node)) => {
                let lexeme = self.source.slice(node.span);
                let read = if self.quirks.has(Quirk::OlderScalars) {
                    older::integer(lexeme).map(older::wrap)
                } else {
                    scalar::integer(lexeme)
                };
                read.ok_or(FaultKind::Integer)
            }
            _ => Err(FaultKind::WrongType { wanted }),
        }
    }

    /// An integer for a key that will take texts one day.
    pub fn plain_number(&self, value: NodeId, wanted: Kind) -> Result<i64, FaultKind> {
        self.integer(value, Kind::Int).map_err(|kind| match (kind, self.text(value)) {
            (FaultKind::WrongType { .. }, Some(_)) => FaultKind::TextTooEarly { wanted },
            (kind, _) => kind,
        })
    }

    /// What a bare value is; nothing for other values.
    pub fn scalar(&self, value: NodeId) -> Option<Scalar> {
        let node = self.tree.nodes.get(value).filter(|node| node.kind == NodeKind::Bare)?;
        lexical::scalar(self.source, node.span, self.quirks).ok()
    }

    pub fn text(&self, value: NodeId) -> Option<Cow<'s, str>> {
        let node = self.tree.nodes.get(value)?;
        match node.kind {
            NodeKind::Text(quote) => Some(unquoted(self.source, node.span, quote)),
            _ => None,
        }
    }

    /// What a type of upstream's that reads text is given: a string's content, or any other
    /// scalar as text.
    pub fn raw(&self, value: NodeId) -> Option<Cow<'s, str>> {
        let node = self.tree.nodes.get(value)?;
        match node.kind {
            NodeKind::Text(quote) => Some(unquoted(self.source, node.span, quote)),
            NodeKind::Array | NodeKind::Inline if self.quirks.has(Quirk::ContainersAsText) => {
                Some(Cow::Borrowed(""))
            }
            _ => {
                let scalar = self.scalar(value)?;
                let lexeme = self.source.slice(node.span);
                if self.quirks.has(Quirk::NumbersByValue) {
                    return older::printed(lexeme, scalar).map(Cow::Owned);
                }
                Some(Cow::Borrowed(lexeme))
            }
        }
    }
}
