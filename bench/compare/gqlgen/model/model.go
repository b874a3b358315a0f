// Package model adapts the plain graph to gqlgen: it has a Go type for each type of the schema, with methods
// for the fields that have arguments. Read Country first. The package must not know gqlgen, nor the snapshot.
package model

import "github.com/caspian-kg/caspian/bench/compare/plain"

// Country adds the fields with arguments to a plain country.
type Country plain.Country

// CountryList is a page of countries.
type CountryList struct{ Nodes []*Country }

// CityList is a page of cities.
type CityList struct{ Nodes []*plain.City }

// ExportList is a page of exports, with all exports of the list for sums.
type ExportList struct {
	page []*plain.Export
	all  []*plain.Export
}

// Export is one export of a list.
type Export plain.Export

// ExportAggregate computes sums of exports.
type ExportAggregate struct{ all []*plain.Export }

// Countries returns a page of the countries.
func Countries(list []*plain.Country) *CountryList {
	l := &CountryList{make([]*Country, len(list))}
	for i, c := range list {
		l.Nodes[i] = (*Country)(c)
	}
	return l
}

// Borders returns the neighbours of the country.
func (c *Country) Borders(first *int) *CountryList { return Countries(plain.Cut(c.Neighbours, first)) }

// Cities returns the cities of the country.
func (c *Country) Cities(first *int) *CityList { return &CityList{plain.Cut(c.Towns, first)} }

// ExportsTo returns the exports of the country that the filter selects.
func (c *Country) ExportsTo(where *ExportFilter, orderBy []*ExportOrder, first *int, series *bool) *ExportList {
	list := c.Exports
	if series != nil && *series {
		list = c.Series
	}
	var atLeast *float64
	var prefix *string
	if where != nil && where.Edge != nil && where.Edge.Share != nil {
		atLeast = where.Edge.Share.Gte
	}
	if where != nil && where.Node != nil && where.Node.Name != nil {
		prefix = where.Node.Name.StartsWith
	}
	descending := len(orderBy) > 0 && orderBy[0].Edge != nil && orderBy[0].Edge.Share != nil && *orderBy[0].Edge.Share == "DESC"
	return &ExportList{plain.Where(list, atLeast, prefix, descending, first), list}
}

// Edges returns the exports of the page.
func (l *ExportList) Edges() []*Export {
	out := make([]*Export, len(l.page))
	for i, e := range l.page {
		out[i] = (*Export)(e)
	}
	return out
}

// Node returns the country to which the export goes.
func (e *Export) Node() *Country { return (*Country)((*plain.Export)(e).To) }

// Aggregate returns the aggregate of all exports of the list.
func (l *ExportList) Aggregate() *ExportAggregate { return &ExportAggregate{l.all} }

// Groups groups the exports by resource, which is the only key.
func (a *ExportAggregate) Groups(by ExportGroupKey) []*ExportGroup {
	groups := plain.ByResource(a.all)
	out := make([]*ExportGroup, len(groups))
	for i, g := range groups {
		mean := g.Share / float64(g.Count)
		out[i] = &ExportGroup{Key: g.Key, Count: g.Count, Avg: &ExportNumbers{Share: &mean}}
	}
	return out
}

// The inputs of exportsTo, and the keys of groups.
type (
	ExportFilter struct {
		Edge *ExportEdgeFilter
		Node *CountryFilter
	}
	ExportEdgeFilter struct{ Share *FloatFilter }
	FloatFilter      struct{ Gte *float64 }
	CountryFilter    struct{ Name *TextFilter }
	TextFilter       struct{ StartsWith *string }
	ExportOrder      struct{ Edge *ExportEdgeOrder }
	ExportEdgeOrder  struct{ Share *OrderDirection }
	OrderDirection   string
	ExportGroupKey   string
)

// ExportGroup has the exports of one resource.
type ExportGroup struct {
	Key   *string
	Count int
	Avg   *ExportNumbers
}

// ExportNumbers has averages of exports.
type ExportNumbers struct{ Share *float64 }
