package dense

import "github.com/caspian-kg/caspian/graph/aggregate"

// Cell is a value as lists have it.
type Cell = aggregate.Cell
