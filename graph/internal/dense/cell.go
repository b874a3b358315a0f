package dense

import "github.com/caspian-kg/caspian/graph/aggregate"

// Cell is a value of a list's column.
type Cell = aggregate.Cell
