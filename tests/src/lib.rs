//! Tests of the whole: fixtures, goldens, laws, external judges
