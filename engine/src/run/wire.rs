//! A run as it is kept: the same fields under short names, ids as numbers.
