//! `cobro serve`
