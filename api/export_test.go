package api

import "github.com/caspian-kg/caspian/schema"

// AnalysisArguments returns the arguments of each analysis with their types, by
// the analysis's name: tests walk them, so that a new one is tested on arrival.
func AnalysisArguments(o *schema.Ontology) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, f := range newBuilder(o).analysisFields() {
		all[f.Name] = map[string]string{}
		for name, a := range f.Args {
			all[f.Name][name] = a.Type.String()
		}
	}
	return all
}
