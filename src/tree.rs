//! One span tree over the lexer's tokens: every header, key, value and comment, duplicates kept.
//!
//! The tokens are those of `toml_parser`, the lexer under `toml_edit`; the structure is built here,
//! without recursion, because that crate's parser recurses and turns one open bracket into a dozen
//! errors. The tree is lenient: it only demands what a document needs to hang together.
//! Numbers, dates, escapes, bare keys and the grammar of inline tables are judged by
//! [`decode`](crate::decode), for they differ among the decoders that buildkitd has used.

use std::borrow::Cow;
use std::ops::Range;

use toml_parser::decoder::Encoding;

use crate::lex::{Lexer, TokenKind};
use crate::source::{Source, Span};

/// Index of a [`Node`].
pub type NodeId = usize;
/// Index of a [`Key`].
pub type KeyId = u32;

/// A header, a pair or a value. Nodes lie in the order of the text, a parent before its children,
/// so a subtree is a range.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// From its first byte to behind its last, brackets and quotes included.
    pub span: Span,
    /// One past the last node of the subtree.
    pub end: u32,
    /// A syntax error was reported inside; its content is not to be judged again.
    pub broken: bool,
}

/// The kinds of nodes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NodeKind {
    /// `[a.b]`, or `[[a.b]]` with `array`.
    Header {
        /// The dotted key.
        keys: Range<KeyId>,
        /// Double brackets.
        array: bool,
    },
    /// `a.b = value`, at the top or in an inline table; the value is the next node.
    Pair {
        /// The dotted key.
        keys: Range<KeyId>,
    },
    /// A string with its quotes.
    Text(Quote),
    /// A scalar without quotes: boolean, number, date, or what poses as one.
    Bare,
    /// `[ … ]`.
    Array,
    /// `{ … }`.
    Inline,
    /// A value that is not there.
    Missing,
}

/// How a string or a key is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quote {
    /// Without quotes; keys only.
    None,
    /// `"…"`
    Basic,
    /// `'…'`
    Literal,
    /// `"""…"""`
    MultiBasic,
    /// `'''…'''`
    MultiLiteral,
}

/// One part of a dotted key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// With its quotes.
    pub span: Span,
    /// How it is written.
    pub quote: Quote,
}

/// What is wrong with the structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SyntaxKind {
    /// `key value`, or text that is no TOML at all.
    MissingEquals,
    /// `key =`
    MissingValue,
    /// `= value`, `a..b`, `[]`
    MissingKey,
    /// A string without its closing quote.
    UnclosedString,
    /// An array without `]`.
    UnclosedArray,
    /// An inline table without `}`.
    UnclosedInline,
    /// A header without `]`.
    UnclosedHeader,
    /// Two elements side by side.
    MissingComma,
    /// A comma without an element before it.
    ExtraComma,
    /// `[[x]`, `[x]]`, or brackets apart.
    HeaderBrackets,
    /// Something behind a complete value or header.
    Trailing,
    /// A token that cannot stand here.
    Unexpected,
    /// The document is JSON.
    Json,
}

/// A fault of structure, one per construct.
#[derive(Clone, Debug)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxKind,
    /// Where.
    pub span: Span,
    /// What it belongs to: the opening bracket, the key before.
    pub context: Option<Span>,
    /// The node it broke.
    pub node: Option<NodeId>,
}

/// The whole document.
#[derive(Debug, Default)]
pub struct Tree {
    /// All nodes; headers and pairs of the top level are reached by [`Tree::top`].
    pub nodes: Vec<Node>,
    /// Parts of keys, in the order of the text.
    pub keys: Vec<Key>,
    /// Comments with their `#`, without the line end.
    pub comments: Vec<Span>,
    /// Faults of structure, in the order of the text.
    pub errors: Vec<SyntaxError>,
    /// Line ends inside inline tables.
    pub inline_newlines: Vec<(NodeId, Span)>,
    /// Commas before a closing brace.
    pub inline_commas: Vec<(NodeId, Span)>,
}

impl Tree {
    /// Reads a document. Any text gives a tree.
    #[must_use]
    pub fn parse(source: &Source) -> Self {
        Builder::new(source.text()).run()
    }

    /// Headers and pairs of the top level, in order.
    pub fn top(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.siblings(0, self.nodes.len())
    }

    /// The elements of an array or the pairs of an inline table.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Node)> {
        self.siblings(id + 1, self.nodes.get(id).map_or(0, |node| node.end as usize))
    }

    /// The last node that begins before a place, if there is one.
    #[must_use]
    pub fn before(&self, at: u32) -> Option<&Node> {
        let behind = self.nodes.partition_point(|node| node.span.start < at);
        self.nodes.get(behind.checked_sub(1)?)
    }

    fn siblings(&self, mut at: NodeId, end: NodeId) -> impl Iterator<Item = (NodeId, &Node)> {
        std::iter::from_fn(move || {
            let node = self.nodes.get(at).filter(|_| at < end)?;
            let id = at;
            at = node.end as usize;
            Some((id, node))
        })
    }

    /// Parts of a dotted key.
    #[must_use]
    pub fn path(&self, keys: &Range<KeyId>) -> &[Key] {
        self.keys.get(keys.start as usize..keys.end as usize).unwrap_or(&[])
    }

    /// The span of a dotted key.
    #[must_use]
    pub fn path_span(&self, keys: &Range<KeyId>) -> Span {
        let path = self.path(keys);
        match (path.first(), path.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::default(),
        }
    }
}

/// The content of a key or string: quotes off, escapes resolved.
#[must_use]
pub fn unquoted(source: &Source, span: Span, quote: Quote) -> Cow<'_, str> {
    let lexeme = source.slice(span);
    match quote {
        Quote::None => Cow::Borrowed(lexeme),
        Quote::Basic if !source.marks().backslash => Cow::Borrowed(inside(lexeme, '"')),
        quote => unquote(lexeme, quote),
    }
}

/// The same for a lexeme.
#[must_use]
pub fn unquote(lexeme: &str, quote: Quote) -> Cow<'_, str> {
    let encoding = match quote {
        Quote::None => return Cow::Borrowed(lexeme),
        Quote::Literal => return Cow::Borrowed(inside(lexeme, '\'')),
        Quote::Basic if !lexeme.contains('\\') => return Cow::Borrowed(inside(lexeme, '"')),
        Quote::Basic => Encoding::BasicString,
        Quote::MultiBasic => Encoding::MlBasicString,
        Quote::MultiLiteral => Encoding::MlLiteralString,
    };
    let span = toml_parser::Span::new_unchecked(0, lexeme.len());
    let raw = toml_parser::Raw::new_unchecked(lexeme, Some(encoding), span);
    let mut text = Cow::Borrowed("");
    // Errors of escapes are found, by the target's rules, in `decode`.
    let _ = raw.decode_scalar(&mut text, &mut ());
    text
}

/// A lexeme without the quotes around it, of which one may be missing.
fn inside(lexeme: &str, quote: char) -> &str {
    let rest = lexeme.strip_prefix(quote).unwrap_or(lexeme);
    rest.strip_suffix(quote).unwrap_or(rest)
}

struct Builder<'s> {
    text: &'s str,
    lexer: Lexer<'s>,
    token: TokenKind,
    span: Span,
    tree: Tree,
}

struct Open {
    node: NodeId,
    array: bool,
}

#[allow(clippy::cast_possible_truncation, reason = "a source is at most `MAX_FILE` long")]
const fn offset(at: usize) -> u32 {
    at as u32
}

impl<'s> Builder<'s> {
    fn new(text: &'s str) -> Self {
        let mut builder = Self {
            text,
            lexer: Lexer::at(text, 0),
            token: TokenKind::Eof,
            span: Span::default(),
            tree: Tree::default(),
        };
        builder.bump();
        builder
    }

    fn run(mut self) -> Tree {
        if self.json() {
            return self.tree;
        }
        loop {
            match self.token {
                TokenKind::Eof => break,
                TokenKind::Whitespace | TokenKind::Newline => self.bump(),
                TokenKind::Comment => self.comment(),
                TokenKind::LeftSquareBracket => self.header(),
                _ => self.pair_line(),
            }
        }
        self.tree
    }

    /// A document that begins with `{` is one mistake, not one a line.
    fn json(&mut self) -> bool {
        while matches!(self.token, TokenKind::Whitespace | TokenKind::Newline) {
            self.bump();
        }
        let found =
            self.token == TokenKind::LeftCurlyBracket && !self.text[self.at()..].starts_with("{{");
        if found {
            self.error(SyntaxKind::Json, self.span, None, None);
        }
        found
    }

    fn at(&self) -> usize {
        self.span.start as usize
    }

    fn bump(&mut self) {
        (self.token, self.span) = self.lexer.token();
    }

    /// Goes on lexing at an offset.
    fn seek(&mut self, at: usize) {
        self.lexer = Lexer::at(self.text, at);
        self.bump();
    }

    /// A comment ends with its line; a carriage return alone is no end of a line.
    fn comment(&mut self) {
        let behind = self.text.as_bytes().get(self.span.end as usize..);
        if matches!(behind, Some([] | [b'\n', ..] | [b'\r', b'\n', ..])) {
            self.tree.comments.push(self.span);
            return self.bump();
        }
        let rest = &self.text[self.span.end as usize..];
        let more = rest.split('\n').next().unwrap_or(rest).len();
        let line = &self.text[self.at()..self.span.end as usize + more];
        let line = line.strip_suffix('\r').filter(|_| more < rest.len()).unwrap_or(line);
        let end = self.span.start + offset(line.len());
        self.tree.comments.push(Span::new(self.span.start, end));
        self.seek(end as usize);
    }

    fn space(&mut self) {
        while self.token == TokenKind::Whitespace {
            self.bump();
        }
    }

    fn error(&mut self, kind: SyntaxKind, span: Span, context: Option<Span>, node: Option<NodeId>) {
        if let Some(node) = node.and_then(|id| self.tree.nodes.get_mut(id)) {
            node.broken = true;
        }
        self.tree.errors.push(SyntaxError { kind, span, context, node });
    }

    /// Reports a kind of fault once for a pair.
    fn error_once(&mut self, kind: SyntaxKind, span: Span, pair: NodeId) {
        let known = |error: &SyntaxError| error.kind == kind && error.node == Some(pair);
        if !self.tree.errors.last().is_some_and(known) {
            self.error(kind, span, None, Some(pair));
        }
    }

    fn open(&mut self, kind: NodeKind, span: Span) -> NodeId {
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node { kind, span, end: offset(id + 1), broken: false });
        id
    }

    fn close(&mut self, id: NodeId, end: u32) {
        let last = offset(self.tree.nodes.len());
        if let Some(node) = self.tree.nodes.get_mut(id) {
            node.end = last;
            node.span.end = end;
        }
    }

    /// Where the line of the current token ends.
    fn line_end(&self) -> u32 {
        let rest = &self.text[self.at()..];
        let line = rest.split(['\n', '\r']).next().unwrap_or("");
        self.span.start + offset(line.len())
    }

    /// The rest of the line without a comment and without space at its end.
    fn rest_of_line(&self) -> Span {
        let line = &self.text[self.at()..self.line_end() as usize];
        let line = line.split(" #").next().unwrap_or(line).trim_end_matches([' ', '\t']);
        let first = self.text[self.at()..].chars().next().map_or(0, char::len_utf8);
        Span::new(self.span.start, self.span.start + offset(line.len().max(first)))
    }

    fn skip_line(&mut self) {
        self.seek(self.line_end() as usize);
    }

    /// Space, a comment and the end of the line must follow; else the rest is reported.
    fn finish_line(&mut self, node: NodeId) {
        self.space();
        match self.token {
            TokenKind::Eof | TokenKind::Newline => {}
            TokenKind::Comment => self.comment(),
            _ => {
                let broken = self.tree.nodes.get(node).is_some_and(|node| node.broken);
                if !broken {
                    let context = self.tree.nodes.get(node).map(|node| node.span);
                    self.error(SyntaxKind::Trailing, self.rest_of_line(), context, Some(node));
                }
                self.skip_line();
            }
        }
    }

    /// A dotted key up to the first token that does not belong to it.
    fn path(&mut self) -> Result<Range<KeyId>, Range<KeyId>> {
        let start = offset(self.tree.keys.len());
        loop {
            self.space();
            let quote = match self.token {
                TokenKind::Atom => Quote::None,
                TokenKind::BasicString => Quote::Basic,
                TokenKind::LiteralString => Quote::Literal,
                TokenKind::MlBasicString => Quote::MultiBasic,
                TokenKind::MlLiteralString => Quote::MultiLiteral,
                _ => return Err(start..offset(self.tree.keys.len())),
            };
            if quote != Quote::None && !closed(self.lexeme(), quote) {
                return Err(start..offset(self.tree.keys.len()));
            }
            self.tree.keys.push(Key { span: self.span, quote });
            self.bump();
            self.space();
            if self.token != TokenKind::Dot {
                return Ok(start..offset(self.tree.keys.len()));
            }
            self.bump();
        }
    }

    fn lexeme(&self) -> &'s str {
        self.text.get(self.span.range()).unwrap_or("")
    }

    fn header(&mut self) {
        let open = self.span;
        let array = self.text[self.at() + 1..].starts_with('[');
        self.bump();
        if array {
            self.bump();
        }
        let path = self.path();
        let fault = path.is_err();
        let (Ok(keys) | Err(keys)) = path;
        let node = self.open(NodeKind::Header { keys, array }, open);
        if fault {
            let kind = match self.token {
                TokenKind::BasicString | TokenKind::LiteralString => SyntaxKind::UnclosedString,
                TokenKind::LeftSquareBracket => SyntaxKind::HeaderBrackets,
                _ => SyntaxKind::MissingKey,
            };
            let span = if self.token == TokenKind::Newline {
                Span::at(self.span.start)
            } else {
                self.span
            };
            self.error(kind, span, Some(open), Some(node));
        } else {
            self.close_header(open, array, node);
        }
        let end = self.span.start;
        self.close(node, end);
        if self.tree.nodes.get(node).is_some_and(|node| node.broken) {
            let end = self.rest_of_line().end.max(end);
            self.close(node, end);
            self.skip_line();
        } else {
            self.finish_line(node);
        }
    }

    fn close_header(&mut self, open: Span, array: bool, node: NodeId) {
        let first = self.token == TokenKind::RightSquareBracket;
        let double = first && self.text[self.at() + 1..].starts_with(']');
        if !first {
            let ended =
                matches!(self.token, TokenKind::Newline | TokenKind::Eof | TokenKind::Comment);
            let span = if ended { Span::at(self.span.start) } else { self.span };
            self.error(SyntaxKind::UnclosedHeader, span, Some(open), Some(node));
        } else if double != array {
            self.error(SyntaxKind::HeaderBrackets, self.span, Some(open), Some(node));
        } else {
            self.bump();
            if array {
                self.bump();
            }
        }
    }

    fn pair_line(&mut self) {
        let start = self.span;
        let before = self.tree.keys.len();
        let path = self.path();
        if path.is_err() || self.token != TokenKind::Equals {
            let kind = match (self.token, &path) {
                (
                    TokenKind::BasicString
                    | TokenKind::LiteralString
                    | TokenKind::MlBasicString
                    | TokenKind::MlLiteralString,
                    Err(_),
                ) => SyntaxKind::UnclosedString,
                (TokenKind::Equals, Err(_)) => SyntaxKind::MissingKey,
                (_, Err(_)) if self.tree.keys.len() == before => SyntaxKind::Unexpected,
                (_, Err(_)) => SyntaxKind::MissingKey,
                _ => SyntaxKind::MissingEquals,
            };
            self.tree.keys.truncate(before);
            let at = self.span;
            self.seek(start.start as usize);
            self.stray_line(kind, at);
            return;
        }
        let (Ok(keys) | Err(keys)) = path;
        let node = self.open(NodeKind::Pair { keys }, start);
        self.bump();
        self.value(node);
        let end = self.tree.nodes.last().map_or(start.end, |last| last.span.end);
        let end = self.tree.nodes.get(node + 1).map_or(end, |value| value.span.end);
        self.close(node, end);
        if self.tree.nodes.get(node + 1).is_some_and(|value| value.broken) {
            self.tree.nodes[node].broken = true;
            match self.token {
                TokenKind::Newline | TokenKind::Eof => {}
                TokenKind::Comment => self.comment(),
                _ if self.at_line_start() => {}
                _ => self.skip_line(),
            }
        } else {
            self.finish_line(node);
            if self.tree.nodes[node].broken
                && let Some(value) = self.tree.nodes.get_mut(node + 1)
            {
                value.broken = true;
            }
        }
    }

    fn at_line_start(&self) -> bool {
        let mut before = self.text.as_bytes()[..self.at()].iter().rev();
        before.find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b'\n')
    }

    /// A line that is no TOML; lines of that kind in a row are one fault.
    fn stray_line(&mut self, kind: SyntaxKind, at: Span) {
        let line = self.rest_of_line();
        let folds = kind == SyntaxKind::MissingEquals || kind == SyntaxKind::Unexpected;
        if folds
            && let Some(last) = self.tree.errors.last_mut()
            && last.kind == kind
            && last.node.is_none()
            && self.text[last.span.end as usize..line.start as usize].trim_ascii().is_empty()
        {
            last.span.end = line.end;
        } else {
            self.error(kind, line, Some(at), None);
        }
        self.skip_line();
    }

    /// A complete value, however deep, without recursion.
    fn value(&mut self, pair: NodeId) {
        let mut stack: Vec<Open> = Vec::new();
        let outer = self.tree.nodes.len();
        'value: loop {
            self.space();
            match self.token {
                TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                    let array = self.token == TokenKind::LeftSquareBracket;
                    let kind = if array { NodeKind::Array } else { NodeKind::Inline };
                    let node = self.open(kind, self.span);
                    stack.push(Open { node, array });
                    self.bump();
                    if self.element(&stack, outer, pair) {
                        continue 'value;
                    }
                    if self.tree.nodes[outer].broken {
                        return;
                    }
                }
                TokenKind::Atom | TokenKind::Dot => self.bare(),
                TokenKind::BasicString
                | TokenKind::LiteralString
                | TokenKind::MlBasicString
                | TokenKind::MlLiteralString => {
                    if !self.string(outer) {
                        return;
                    }
                }
                _ if stack.is_empty() => {
                    self.missing(pair);
                    return;
                }
                _ => {
                    self.unclosed(&stack, outer);
                    return;
                }
            }
            // A value is complete: close what ends here, or go to the next element.
            loop {
                let Some(top) = stack.last() else { return };
                let (node, array) = (top.node, top.array);
                self.filler(node, array);
                match self.token {
                    TokenKind::RightSquareBracket if array => {}
                    TokenKind::RightCurlyBracket if !array => {}
                    TokenKind::Comma => {
                        let comma = self.span;
                        self.bump();
                        self.filler(node, array);
                        if !array && self.token == TokenKind::RightCurlyBracket {
                            self.tree.inline_commas.push((node, comma));
                        }
                        if self.element(&stack, outer, pair) {
                            continue 'value;
                        }
                        if self.tree.nodes[outer].broken {
                            return;
                        }
                        if self.closes(array) {
                            continue;
                        }
                        return;
                    }
                    _ => {
                        let wanted = self.starts_value() && !self.line_begins_anew();
                        if wanted && stack.iter().all(|open| open.array) {
                            self.error_once(SyntaxKind::MissingComma, self.span, pair);
                            continue 'value;
                        }
                        self.unclosed(&stack, outer);
                        return;
                    }
                }
                let end = self.span.end;
                self.bump();
                self.close(node, end);
                if let Some(parent) = node.checked_sub(1)
                    && matches!(self.tree.nodes[parent].kind, NodeKind::Pair { .. })
                {
                    self.close(parent, end);
                }
                stack.pop();
            }
        }
    }

    fn closes(&self, array: bool) -> bool {
        self.token
            == if array { TokenKind::RightSquareBracket } else { TokenKind::RightCurlyBracket }
    }

    fn starts_value(&self) -> bool {
        matches!(
            self.token,
            TokenKind::Atom
                | TokenKind::BasicString
                | TokenKind::LiteralString
                | TokenKind::MlBasicString
                | TokenKind::MlLiteralString
                | TokenKind::LeftSquareBracket
                | TokenKind::LeftCurlyBracket
        )
    }

    /// Space, line ends and comments between elements.
    fn filler(&mut self, node: NodeId, array: bool) {
        loop {
            match self.token {
                TokenKind::Whitespace => self.bump(),
                TokenKind::Comment => self.comment(),
                TokenKind::Newline => {
                    if !array && self.tree.inline_newlines.last().is_none_or(|last| last.0 != node)
                    {
                        self.tree.inline_newlines.push((node, self.span));
                    }
                    self.bump();
                }
                _ => return,
            }
        }
    }

    /// Moves to the next element of the innermost container; false if it ends or is broken.
    /// Leaves a closing bracket for the caller.
    fn element(&mut self, stack: &[Open], outer: NodeId, pair: NodeId) -> bool {
        let Some(top) = stack.last() else { return false };
        loop {
            self.filler(top.node, top.array);
            if self.token == TokenKind::Comma {
                self.error_once(SyntaxKind::ExtraComma, self.span, pair);
                self.bump();
                continue;
            }
            break;
        }
        if self.closes(top.array) {
            return false;
        }
        if self.token == TokenKind::Eof
            || self.line_begins_anew() && (top.array || self.token == TokenKind::LeftSquareBracket)
        {
            self.unclosed(stack, outer);
            return false;
        }
        if top.array {
            return true;
        }
        let start = self.span;
        match self.path() {
            Ok(keys) if self.token == TokenKind::Equals => {
                self.open(NodeKind::Pair { keys }, start);
                self.bump();
                true
            }
            _ => {
                self.unclosed(stack, outer);
                false
            }
        }
    }

    /// Whether the current token begins a line that reads like a header or like `key =`.
    fn line_begins_anew(&self) -> bool {
        let mut behind = self.text.as_bytes()[self.span.end as usize..].iter();
        let behind = behind.find(|byte| !matches!(byte, b' ' | b'\t'));
        // Most elements of an array are followed by neither.
        let may = self.token == TokenKind::LeftSquareBracket || matches!(behind, Some(b'=' | b'.'));
        may && self.at_line_start() && begins_anew(&self.text[self.at()..self.line_end() as usize])
    }

    /// The innermost container does not end as it should: one fault, and on with the next line
    /// that makes sense.
    fn unclosed(&mut self, stack: &[Open], outer: NodeId) {
        let Some(top) = stack.last() else { return };
        let mut kind =
            if top.array { SyntaxKind::UnclosedArray } else { SyntaxKind::UnclosedInline };
        let open = Span::new(
            self.tree.nodes[top.node].span.start,
            self.tree.nodes[top.node].span.start + 1,
        );
        let same_line = !self.text[open.start as usize..self.at()].contains('\n');
        let ended = matches!(self.token, TokenKind::Eof | TokenKind::Newline);
        let mut span = open;
        let mut context = None;
        if same_line && !ended && self.token != TokenKind::Equals {
            kind =
                if self.starts_value() { SyntaxKind::MissingComma } else { SyntaxKind::Unexpected };
            span = self.span;
            context = Some(open);
        }
        for open in stack {
            let end = self.span.start;
            self.close(open.node, end);
            self.tree.nodes[open.node].broken = true;
        }
        self.error(kind, span, context, Some(outer));
        if !self.line_begins_anew() {
            self.resync(self.at());
        }
    }

    /// Goes on at the next line that reads like a header or like `key =`.
    fn resync(&mut self, mut at: usize) {
        while let Some(next) = self.text[at..].find('\n') {
            at += next + 1;
            let line = self.text[at..].split('\n').next().unwrap_or("");
            if begins_anew(line.trim_start()) {
                self.seek(at);
                return;
            }
        }
        self.seek(self.text.len());
    }

    fn missing(&mut self, pair: NodeId) {
        let before = self.tree.nodes.get(pair).map(|pair| pair.span);
        let line_ends =
            matches!(self.token, TokenKind::Newline | TokenKind::Eof | TokenKind::Comment);
        let span = if line_ends { Span::at(self.span.start) } else { self.span };
        let kind = if line_ends { SyntaxKind::MissingValue } else { SyntaxKind::Unexpected };
        let node = self.open(NodeKind::Missing, span);
        self.error(kind, span, before, Some(node));
        if !line_ends {
            self.skip_line();
        }
    }

    /// A run of text without quotes; a date or time may hold one space before a digit.
    fn bare(&mut self) {
        let start = self.span;
        let mut end = start.end;
        let mut spaced = false;
        loop {
            self.bump();
            match self.token {
                TokenKind::Atom | TokenKind::Dot => end = self.span.end,
                TokenKind::Whitespace
                    if !spaced
                        && is_date(&self.text[start.start as usize..end as usize])
                        && self.lexeme() == " "
                        && self.text[self.span.end as usize..]
                            .starts_with(|c: char| c.is_ascii_digit()) =>
                {
                    spaced = true;
                }
                _ => break,
            }
        }
        self.open(NodeKind::Bare, Span::new(start.start, end));
        self.end_pair(end);
    }

    fn string(&mut self, outer: NodeId) -> bool {
        let quote = match self.token {
            TokenKind::BasicString => Quote::Basic,
            TokenKind::LiteralString => Quote::Literal,
            TokenKind::MlBasicString => Quote::MultiBasic,
            _ => Quote::MultiLiteral,
        };
        let span = self.span;
        let node = self.open(NodeKind::Text(quote), span);
        if closed(self.lexeme(), quote) {
            self.end_pair(span.end);
            self.bump();
            return true;
        }
        let end = self.line_end().min(span.end).max(span.start);
        let line = &self.text[span.start as usize..end as usize];
        let shown =
            Span::new(span.start, span.start + offset(line.trim_end_matches([' ', '\t']).len()));
        self.error(SyntaxKind::UnclosedString, shown, None, Some(node));
        self.tree.nodes[outer].broken = true;
        self.close(node, shown.end);
        // What stands on the following lines is read on its own.
        if outer == node {
            self.seek(end as usize);
        } else {
            self.resync(end as usize);
        }
        false
    }

    /// A scalar ends the pair it belongs to.
    fn end_pair(&mut self, end: u32) {
        let Some(pair) = self.tree.nodes.len().checked_sub(2) else { return };
        if matches!(self.tree.nodes[pair].kind, NodeKind::Pair { .. }) {
            self.close(pair, end);
        }
    }
}

fn closed(lexeme: &str, quote: Quote) -> bool {
    let delimiter = match quote {
        Quote::None => return true,
        Quote::Basic => "\"",
        Quote::Literal => "'",
        Quote::MultiBasic => "\"\"\"",
        Quote::MultiLiteral => "'''",
    };
    let Some(body) = lexeme.strip_prefix(delimiter).and_then(|rest| rest.strip_suffix(delimiter))
    else {
        return false;
    };
    // An escaped quote does not close.
    matches!(quote, Quote::Literal | Quote::MultiLiteral)
        || body.bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 0
}

/// Whether text begins like a date or a time: `2026-` or `09:`.
fn is_date(text: &str) -> bool {
    let at = text.bytes().position(|b| !b.is_ascii_digit());
    matches!(at.map(|at| (at, text.as_bytes()[at])), Some((4, b'-') | (2, b':')))
}

/// Whether a line, without space before it, reads like a header or like `key =`.
fn begins_anew(line: &str) -> bool {
    let inner = line.strip_prefix("[[").or_else(|| line.strip_prefix('['));
    let text = inner.unwrap_or(line);
    let mut lexer = Lexer::at(text, 0);
    let mut wants_key = true;
    loop {
        let (token, span) = lexer.token();
        match token {
            TokenKind::Whitespace => {}
            // `["a"]` may well be an array inside an array; a bare name may not.
            TokenKind::Atom
                if wants_key
                    && !(inner.is_some()
                        && is_scalar(text.get(span.range()).unwrap_or_default())) =>
            {
                wants_key = false;
            }
            TokenKind::BasicString | TokenKind::LiteralString if wants_key => {
                if inner.is_some() && span.start == 0 {
                    return false;
                }
                wants_key = false;
            }
            TokenKind::Dot if !wants_key => wants_key = true,
            TokenKind::Equals => return !wants_key && inner.is_none(),
            TokenKind::RightSquareBracket => return !wants_key && inner.is_some(),
            _ => return false,
        }
    }
}

fn is_scalar(text: &str) -> bool {
    matches!(text, "true" | "false" | "inf" | "nan")
        || text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+')
}
