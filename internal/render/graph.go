package render

import (
	"io"

	"hybrid/planner"
)

// A graphFormat is a way to show the graph of a configuration without a plan.
type graphFormat struct {
	name  string
	write func(io.Writer, []*planner.Node) error
}

func graphFormats() []graphFormat {
	return []graphFormat{
		{"dot", DOT},
		{"svg", SVG},
		{"html", GraphHTML},
	}
}

// GraphFormats names the formats that [Graph] knows.
func GraphFormats() []string {
	var names []string
	for _, f := range graphFormats() {
		names = append(names, f.name)
	}
	return names
}

// Graph writes the graph of a configuration, whose nodes [planner.Sort] has ordered, in the format of a name.
func Graph(w io.Writer, name string, nodes []*planner.Node) error {
	for _, f := range graphFormats() {
		if f.name == name {
			return f.write(w, nodes)
		}
	}
	return notAFormat(name, GraphFormats())
}
