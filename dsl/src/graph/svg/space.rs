//! Space: where everything stands.
//!
//! In: vertices in layers and their links. Out: the middle of each vertex, left to right. The order within a
//! layer and a first guess come from `rust-sugiyama`; then every layer is set again so that nothing overlaps
//! and lines run straight. Absent: heights; the drawing adds them up from the layers.

use super::layers::{Kind, Layers};
use petgraph::stable_graph::StableDiGraph;
use petgraph::unionfind::UnionFind;
use rust_sugiyama::configure::Config;
use std::collections::BTreeMap;

/// Free room between two neighbours.
const APART: f64 = 22.0;
/// Rounds of settling; more change nothing that can be seen.
const ROUNDS: usize = 300;

/// The middle of each vertex, and the vertices of each layer from left to right.
pub(super) struct Columns {
    pub(super) middle: Vec<f64>,
    pub(super) layers: Vec<Vec<usize>>,
}

/// Sets the vertices apart.
pub(super) fn columns(layers: &Layers<'_>) -> Columns {
    let guess = first_guess(layers);
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, vertex) in layers.vertices.iter().enumerate() {
        rows.entry(vertex.layer).or_default().push(at);
    }
    let of = |at: usize, middle: &[f64]| middle.get(at).copied().unwrap_or(0.0);
    let mut columns = Columns { middle: guess, layers: rows.into_values().collect() };
    for row in &mut columns.layers {
        row.sort_by(|a, b| of(*a, &columns.middle).total_cmp(&of(*b, &columns.middle)).then(a.cmp(b)));
    }
    let near = neighbours(layers);
    for round in 0..ROUNDS {
        let rows = columns.layers.len();
        for step in 0..rows {
            let at = if round % 2 == 0 { step } else { rows - 1 - step };
            columns.settle(at, layers, &near);
        }
    }
    columns.straighten(layers);
    columns.pack(layers);
    let left = layers.vertices.iter().zip(&columns.middle).map(|(it, middle)| middle - it.size.0 / 2.0);
    let left = left.fold(f64::INFINITY, f64::min);
    columns.middle.iter_mut().for_each(|middle| *middle -= left);
    columns
}

fn first_guess(layers: &Layers<'_>) -> Vec<f64> {
    let mut graph: StableDiGraph<usize, ()> = StableDiGraph::new();
    let nodes: Vec<_> = (0..layers.vertices.len()).map(|at| graph.add_node(at)).collect();
    for (upper, lower) in &layers.links {
        if let (Some(upper), Some(lower)) = (nodes.get(*upper), nodes.get(*lower)) {
            graph.add_edge(*upper, *lower, ());
        }
    }
    let mut guess = vec![0.0; layers.vertices.len()];
    // A vertex with no link is a drawing of its own, which the crate does not lay out.
    let mut left = 0.0;
    for (at, vertex) in layers.vertices.iter().enumerate() {
        let is_linked = layers.links.iter().any(|(upper, lower)| *upper == at || *lower == at);
        if let (false, Some(node), Some(middle)) = (is_linked, nodes.get(at), guess.get_mut(at)) {
            graph.remove_node(*node);
            *middle = left - vertex.size.0;
            left -= vertex.size.0 + APART;
        }
    }
    let config = Config { vertex_spacing: APART, dummy_vertices: true, ..Config::default() };
    let size = |_, at: &usize| layers.vertices.get(*at).map_or((0.0, 0.0), |vertex| vertex.size);
    let mut right = 0.0;
    for (placed, _, _) in rust_sugiyama::from_graph(&graph, &size, &config) {
        let from = right;
        for (node, (x, _)) in placed {
            if let Some(middle) = guess.get_mut(node.index()) {
                *middle = from + x;
                right = f64::max(right, from + x + size(node, &node.index()).0 + APART);
            }
        }
    }
    guess
}

/// For each vertex its linked vertices, with how strongly they pull.
fn neighbours(layers: &Layers<'_>) -> Vec<Vec<(usize, f64)>> {
    let mut near = vec![Vec::new(); layers.vertices.len()];
    for (upper, lower) in &layers.links {
        let is_box = |at: &usize| matches!(layers.vertices.get(*at).map(|it| it.kind), Some(Kind::Card(_)));
        let pull = match (is_box(upper), is_box(lower)) {
            (false, false) => 6.0,
            _ => 1.0,
        };
        for (one, other) in [(*upper, *lower), (*lower, *upper)] {
            if let Some(near) = near.get_mut(one) {
                near.push((other, pull));
            }
        }
    }
    near
}

impl Columns {
    fn middle(&self, at: usize) -> f64 {
        self.middle.get(at).copied().unwrap_or(0.0)
    }

    /// Moves the vertices of a layer towards what they are linked to, as far as their neighbours allow.
    fn settle(&mut self, row: usize, layers: &Layers<'_>, near: &[Vec<(usize, f64)>]) {
        let Some(row) = self.layers.get(row) else { return };
        let wanted: Vec<Wanted> = row
            .iter()
            .map(|at| {
                let near = near.get(*at).map_or(&[][..], Vec::as_slice);
                let pull: f64 = near.iter().map(|(_, pull)| pull).sum();
                let sum: f64 = near.iter().map(|(other, pull)| self.middle(*other) * pull).sum();
                let middle = if pull > 0.0 { sum / pull } else { self.middle(*at) };
                Wanted { middle, pull: pull.max(0.01), width: width(layers, *at) }
            })
            .collect();
        let settled = apart(&wanted, APART);
        for (at, middle) in row.clone().into_iter().zip(settled) {
            if let Some(it) = self.middle.get_mut(at) {
                *it = middle;
            }
        }
    }

    /// The room of a vertex between its neighbours, as a stretch for its middle.
    fn room(&self, layers: &Layers<'_>, vertex: usize) -> (f64, f64) {
        let row = self.layers.iter().find(|row| row.contains(&vertex)).map_or(&[][..], Vec::as_slice);
        let at = row.iter().position(|it| *it == vertex).unwrap_or(0);
        let half = |it: usize| width(layers, it) / 2.0;
        let left = at.checked_sub(1).and_then(|at| row.get(at));
        let right = row.get(at + 1);
        (
            left.map_or(f64::NEG_INFINITY, |it| self.middle(*it) + half(*it) + APART + half(vertex)),
            right.map_or(f64::INFINITY, |it| self.middle(*it) - half(*it) - APART - half(vertex)),
        )
    }

    /// Gives labels and bends that follow one another the same middle wherever there is room for it.
    fn straighten(&mut self, layers: &Layers<'_>) {
        let mut chains: Vec<Vec<usize>> = Vec::new();
        let is_box = |at: &usize| matches!(layers.vertices.get(*at).map(|it| it.kind), Some(Kind::Card(_)));
        for trunk in &layers.trunks {
            let mut chain: Vec<usize> = trunk.vertices.iter().copied().filter(|at| !is_box(at)).collect();
            // The farthest line's label belongs to the chain: the line begins straight.
            let far = if trunk.is_back { chain.last() } else { chain.first() };
            let label = layers.lines.iter().find(|line| far.is_some_and(|far| line.own.contains(far)));
            let label = label.and_then(|line| line.own.get(1));
            match (trunk.is_back, label) {
                (true, Some(label)) => chain.push(*label),
                (false, Some(label)) => chain.insert(0, *label),
                (_, None) => {}
            }
            chains.push(chain);
        }
        for chain in chains {
            let mut rest = chain.as_slice();
            while let Some(first) = rest.first() {
                let (mut low, mut high) = self.room(layers, *first);
                let mut count = 1;
                while let Some(next) = rest.get(count) {
                    let (left, right) = self.room(layers, *next);
                    // Between two near neighbours the room is a point, up to rounding.
                    if low.max(left) > high.min(right) + 0.01 {
                        break;
                    }
                    (low, high) = (low.max(left), high.min(right));
                    count += 1;
                }
                let (run, after) = rest.split_at(count);
                let mean = run.iter().map(|at| self.middle(*at)).sum::<f64>() / run.len() as f64;
                let middle = mean.min(high).max(low);
                for at in run {
                    if let Some(it) = self.middle.get_mut(*at) {
                        *it = middle;
                    }
                }
                rest = after;
            }
        }
    }
}

impl Columns {
    /// Moves parts of the drawing that no line joins close together: each to the left, until it meets the parts
    /// before it.
    fn pack(&mut self, layers: &Layers<'_>) {
        let mut rights: BTreeMap<usize, f64> = BTreeMap::new();
        for part in parts(layers) {
            let edge = |at: &usize, side: f64| self.middle(*at) + side * width(layers, *at) / 2.0;
            let layer = |at: &usize| layers.vertices.get(*at).map_or(0, |it| it.layer);
            // A line may lean over from one layer to the next, so the layers above and below count as well.
            let near = |at: &usize| layer(at).saturating_sub(1)..=layer(at) + 1;
            let free = |at: &usize| {
                let taken = rights.range(near(at)).map(|(_, right)| *right).reduce(f64::max);
                taken.map(|right| right + 2.0 * APART - edge(at, -1.0))
            };
            let shift = part.iter().filter_map(free).reduce(f64::max);
            // A part beside which nothing stands begins at the left.
            let left = part.iter().map(|at| edge(at, -1.0)).fold(f64::INFINITY, f64::min);
            let least = rights.values().copied().fold(f64::INFINITY, f64::min);
            let shift = shift.unwrap_or(if least.is_finite() { least.min(0.0) - left } else { -left });
            for at in &part {
                if let Some(it) = self.middle.get_mut(*at) {
                    *it += shift;
                }
            }
            for at in &part {
                let right = self.middle(*at) + width(layers, *at) / 2.0;
                rights.entry(layer(at)).and_modify(|it| *it = it.max(right)).or_insert(right);
            }
        }
    }
}

/// The parts of the drawing that no line joins, by their first vertex.
fn parts(layers: &Layers<'_>) -> Vec<Vec<usize>> {
    let mut joined: UnionFind<usize> = UnionFind::new(layers.vertices.len());
    for (upper, lower) in &layers.links {
        joined.union(*upper, *lower);
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, part) in joined.into_labeling().into_iter().enumerate() {
        parts.entry(part).or_default().push(at);
    }
    let mut parts: Vec<Vec<usize>> = parts.into_values().collect();
    parts.sort();
    parts
}

fn width(layers: &Layers<'_>, at: usize) -> f64 {
    layers.vertices.get(at).map_or(0.0, |vertex| vertex.size.0)
}

/// Where something wants to stand in a row.
pub(super) struct Wanted {
    pub(super) middle: f64,
    pub(super) pull: f64,
    pub(super) width: f64,
}

/// Middles in the given order, as near as possible to where each wants to be, with room between neighbours.
///
/// Neighbours that would overlap are pushed together into one group, which stands at the weighted mean of what
/// its members want (isotonic regression by pooling).
pub(super) fn apart(wanted: &[Wanted], between: f64) -> Vec<f64> {
    struct Group {
        members: usize,
        pull: f64,
        /// Weighted sum of where the group's first member would stand.
        sum: f64,
    }
    let mut offsets = Vec::with_capacity(wanted.len());
    let mut groups: Vec<Group> = Vec::new();
    let (mut offset, mut before): (f64, Option<f64>) = (0.0, None);
    for one in wanted {
        if let Some(before) = before {
            offset += (before + one.width) / 2.0 + between;
        }
        before = Some(one.width);
        offsets.push(offset);
        let mut group = Group { members: 1, pull: one.pull, sum: (one.middle - offset) * one.pull };
        while let Some(last) = groups.pop() {
            if last.sum / last.pull <= group.sum / group.pull {
                groups.push(last);
                break;
            }
            group.members += last.members;
            group.pull += last.pull;
            group.sum += last.sum;
        }
        groups.push(group);
    }
    let firsts = groups.iter().flat_map(|group| std::iter::repeat_n(group.sum / group.pull, group.members));
    firsts.zip(offsets).map(|(first, offset)| first + offset).collect()
}
