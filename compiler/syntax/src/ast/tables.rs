//! The load of single tables, and copies of a part of a table.

use crate::value::*;

nodes! {
    /// The load of a table over several connections, for tables that one connection loads too slowly.
    "load" TableLoad, keys 0, merge Replace {
        /// The division of the table.
        arg by: LoadBy;
        /// Column of the ranges: indexed, and never null. Only `ranges`.
        opt_prop column: Text;
        /// Values that end a range, ascending. The last range has no end. Only `ranges`.
        opt_child boundaries: Boundaries;
    }

    /// Values that end a range.
    "boundaries" Boundaries, keys 0, merge Replace {
        /// The values, ascending.
        args values: Text;
    }

    /// A filter of the rows of a table. A replication with filters copies a part of its source, so that no cutover
    /// can move it.
    "filter" TableFilter, keys 2, merge Into {
        /// The table.
        arg table: TableName;
        /// The column to compare.
        arg column: Text;
        /// The comparison.
        prop is: FilterOperator;
        /// The value to compare with, or the first one of a range.
        prop value: Text;
        /// The last value of a range. Only `between`.
        opt_prop to: Text;
    }

    /// Columns that the replication does not copy. No cutover can move it.
    "omit" OmittedColumns, keys 1, merge Replace {
        /// The table.
        arg table: TableName;
        /// The columns.
        args columns: Text;
    }

    /// Another name of a schema on the target. No cutover can move it: the functions compare tables of one name.
    "rename" RenamedSchema, keys 1, merge Into {
        /// The schema on the source.
        arg schema: Text;
        /// The schema on the target.
        prop to: Text;
    }
}
