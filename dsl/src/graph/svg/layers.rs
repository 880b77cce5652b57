//! Layers: which box stands above which, and what stands between them.
//!
//! In: a view and the sizes of its boxes and labels. Out: vertices in layers, where every link leads from one
//! layer to the next. Absent: positions; `space` gives those.
//!
//! Boxes stand in even layers, labels in odd ones, so a label never lies beside a box. An arrow over several
//! layers is led through bends; arrows to one box share their bends and become one line. An arrow that goes
//! back up is laid down the other way round and remembered as such.

use super::super::view::{Arrow, Place, View};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};

/// Width and height.
pub(super) type Size = (f64, f64);

/// Room that a line takes in a layer it only passes.
const BEND_WIDTH: f64 = 14.0;

/// What stands at a vertex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    /// Box of that index in the view.
    Card(usize),
    /// Label of the line of that index.
    Label(usize),
    /// A line on its way to the box of that index.
    Bend(usize),
}

/// Something that takes room in a layer.
#[derive(Clone, Debug)]
pub(super) struct Vertex {
    pub(super) kind: Kind,
    pub(super) layer: usize,
    pub(super) size: Size,
}

/// All arrows from one box to another, drawn as one line with a label for each arrow.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) arrows: Vec<&'a Arrow>,
    /// It leads back up.
    pub(super) is_back: bool,
    /// Its vertices from top to bottom: from its own box to the first bend it shares, or to the other box. For a
    /// line that goes back they run from the bend, or the other box, down to its own.
    pub(super) own: Vec<usize>,
}

/// The part that lines to one box share: vertices from top to bottom.
#[derive(Clone, Debug)]
pub(super) struct Trunk {
    pub(super) to: usize,
    pub(super) is_back: bool,
    pub(super) vertices: Vec<usize>,
}

/// Everything to be placed.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    pub(super) vertices: Vec<Vertex>,
    /// Links between vertices, upper first.
    pub(super) links: BTreeSet<(usize, usize)>,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) trunks: Vec<Trunk>,
    /// Arrows from a step to itself, by box.
    pub(super) loops: BTreeMap<usize, Vec<&'a Arrow>>,
}

impl<'a> Layers<'a> {
    /// Puts boxes, labels and bends into layers. The first vertices are the boxes, in the view's order.
    pub(super) fn of(
        view: &'a View,
        card_sizes: &[Size],
        label_size: impl Fn(&[&Arrow], bool) -> Size,
    ) -> Layers<'a> {
        let index: BTreeMap<Place, usize> =
            view.cards.iter().enumerate().map(|(at, card)| (card.place, at)).collect();
        let (mut loops, mut joined) = (BTreeMap::new(), Vec::new());
        for (from, to, arrows) in view.connections() {
            match (index.get(&from), index.get(&to)) {
                (Some(from), Some(to)) if from == to => {
                    loops.insert(*from, arrows);
                }
                (Some(from), Some(to)) => joined.push((*from, *to, arrows)),
                _ => {}
            }
        }
        let pairs: Vec<(usize, usize)> = joined.iter().map(|(from, to, _)| (*from, *to)).collect();
        let back = back_lines(view, &pairs);
        let ranks = ranks(view, &pairs, &back);
        let rank = |card: usize| ranks.get(card).copied().unwrap_or(0);
        let vertices = card_sizes
            .iter()
            .enumerate()
            .map(|(at, size)| Vertex { kind: Kind::Card(at), layer: 2 * rank(at), size: *size })
            .collect();
        let mut layers =
            Layers { vertices, links: BTreeSet::new(), lines: Vec::new(), trunks: Vec::new(), loops };
        let mut reaches: BTreeMap<(usize, bool), (usize, usize)> = BTreeMap::new();
        for (at, (from, to, arrows)) in joined.into_iter().enumerate() {
            let is_back = back.contains(&at);
            let layer = if is_back { 2 * rank(from) - 1 } else { 2 * rank(from) + 1 };
            let size = label_size(&arrows, is_back);
            let label = layers.vertex(Kind::Label(at), layer, size);
            layers.lines.push(Line { from, to, arrows, is_back, own: vec![label] });
            // The layers between the label and the other box, if any, are the trunk's.
            let reach = reaches.entry((to, is_back)).or_insert((usize::MAX, 0));
            let (first, last) =
                if is_back { (2 * rank(to) + 1, layer - 1) } else { (layer + 1, 2 * rank(to) - 1) };
            if first <= last {
                *reach = (reach.0.min(first), reach.1.max(last));
            }
        }
        for ((to, is_back), (first, last)) in reaches {
            layers.trunk(to, is_back, first, last);
        }
        layers.connect();
        layers
    }

    fn vertex(&mut self, kind: Kind, layer: usize, size: Size) -> usize {
        self.vertices.push(Vertex { kind, layer, size });
        self.vertices.len() - 1
    }

    fn trunk(&mut self, to: usize, is_back: bool, first: usize, last: usize) {
        if first > last {
            return;
        }
        let bends: Vec<usize> =
            (first..=last).map(|layer| self.vertex(Kind::Bend(to), layer, (BEND_WIDTH, 0.0))).collect();
        let mut vertices = bends;
        // The box stands below its trunk, or above it when the lines go back up.
        vertices.insert(if is_back { 0 } else { vertices.len() }, to);
        self.trunks.push(Trunk { to, is_back, vertices });
    }

    /// Joins every line to its own box on one side and to its trunk, or the other box, on the other.
    fn connect(&mut self) {
        let layer_of: Vec<usize> = self.vertices.iter().map(|vertex| vertex.layer).collect();
        let layer = |vertex: usize| layer_of.get(vertex).copied().unwrap_or(0);
        for line in &mut self.lines {
            let Some(label) = line.own.first().copied() else { continue };
            let trunk = self.trunks.iter().find(|it| it.to == line.to && it.is_back == line.is_back);
            let wanted = if line.is_back { layer(label).wrapping_sub(1) } else { layer(label) + 1 };
            let other = trunk
                .and_then(|trunk| trunk.vertices.iter().copied().find(|it| layer(*it) == wanted))
                .unwrap_or(line.to);
            line.own = match line.is_back {
                true => vec![other, label, line.from],
                false => vec![line.from, label, other],
            };
        }
        let own = self.lines.iter().map(|line| &line.own);
        for chain in own.chain(self.trunks.iter().map(|trunk| &trunk.vertices)) {
            self.links.extend(chain.iter().copied().zip(chain.iter().copied().skip(1)));
        }
    }
}

/// The lines that close a round: inside a round, those that lead to a box that stands earlier in the text. The
/// author's order is the one a reader knows, so the picture runs down in it.
fn back_lines(view: &View, pairs: &[(usize, usize)]) -> BTreeSet<usize> {
    let cards = view.cards.len();
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..cards).map(|_| graph.add_node(())).collect();
    for (from, to) in pairs {
        if let (Some(from), Some(to)) = (nodes.get(*from), nodes.get(*to)) {
            graph.add_edge(*from, *to, ());
        }
    }
    let mut round_of = vec![0; cards];
    for (round, members) in tarjan_scc(&graph).iter().enumerate() {
        for node in members {
            if let Some(it) = round_of.get_mut(node.index()) {
                *it = round;
            }
        }
    }
    // The start step comes first, wherever it is written.
    let start = view
        .cards
        .iter()
        .position(|card| view.starts.first().is_some_and(|start| card.place == Place::Step(*start)));
    let order = |card: &usize| if Some(*card) == start { 0 } else { card + 1 };
    let is_back =
        |(from, to): &(usize, usize)| order(to) < order(from) && round_of.get(*from) == round_of.get(*to);
    pairs.iter().enumerate().filter(|(_, pair)| is_back(pair)).map(|(at, _)| at).collect()
}

/// The rank of each box, the top being 0: below all that lead to it, the outcomes together at the bottom.
fn ranks(view: &View, pairs: &[(usize, usize)], back: &BTreeSet<usize>) -> Vec<usize> {
    // A line that goes back leaves a lower box, so it orders the two as if it ran down.
    let turned = |(at, (from, to)): (usize, &(usize, usize))| match back.contains(&at) {
        true => (*to, *from),
        false => (*from, *to),
    };
    let down: Vec<(usize, usize)> = pairs.iter().enumerate().map(turned).collect();
    let is_outcome =
        |card: usize| view.cards.get(card).is_some_and(|card| matches!(card.place, Place::Outcome(_)));
    let mut ranks = vec![0_usize; view.cards.len()];
    // Nothing goes round any more, so this settles after as many passes as there are ranks.
    let mut is_settled = false;
    while !is_settled {
        is_settled = true;
        for (from, to) in &down {
            let least = ranks.get(*from).map_or(0, |rank| rank + 1);
            if let Some(rank) = ranks.get_mut(*to).filter(|rank| **rank < least) {
                *rank = least;
                is_settled = false;
            }
        }
    }
    let bottom = ranks.iter().copied().max().unwrap_or(0);
    for (card, rank) in ranks.iter_mut().enumerate() {
        if is_outcome(card) {
            *rank = bottom;
        }
    }
    // What does not hang below the start comes down to what it leads to: its lines are short then.
    let mut below_start = BTreeSet::from([0_usize]);
    while pairs.iter().any(|(from, to)| below_start.contains(from) && below_start.insert(*to)) {}
    for _ in 0..ranks.len() {
        for card in (0..ranks.len()).filter(|card| !below_start.contains(card) && !is_outcome(*card)) {
            let next = down.iter().filter(|(from, _)| *from == card);
            let nearest = next.filter_map(|(_, to)| ranks.get(*to)).min().copied();
            if let (Some(nearest), Some(rank)) = (nearest, ranks.get_mut(card)) {
                *rank = nearest.saturating_sub(1).max(*rank);
            }
        }
    }
    ranks
}
