package engine

import (
	"slices"

	"hybrid/planner"
	"hybrid/schema"
)

// mirrors are the readings of users as another side shows them, where a task is held against it and the configuration has
// a provider that leads there.
func (e *Engine) mirrors(objects []planner.Object) []*reading {
	var list []*reading
	for _, name := range taskMirrors(objects) {
		kind, provider := e.view(name)
		if kind == nil || provider == "" {
			continue
		}
		list = append(list, &reading{kind: kind, sources: []planner.Source{{Provider: provider, Kind: name}}, objects: peopled(objects)})
	}
	return list
}

// taskMirrors names the views that tasks are held against.
func taskMirrors(objects []planner.Object) []string {
	var names []string
	for i := range objects {
		if task := objects[i].Kind.Task; task != nil {
			names = with(names, task.Mirror)
		}
	}
	return names
}

// userMirrors names the views that users are held against who change.
func userMirrors(objects []planner.Object) []string {
	var names []string
	for i := range objects {
		if rows := objects[i].Kind.Rows; rows != nil {
			names = with(names, rows.Mirror)
		}
	}
	return names
}

// with adds a name that is one, once.
func with(names []string, name string) []string {
	if name == "" || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// peopled are the objects with users; empty, not nil, where there are none, since nil asks for everybody.
func peopled(objects []planner.Object) []planner.Object {
	return append([]planner.Object{}, only(objects, func(o planner.Object) bool { return o.Users != nil && !o.Absent })...)
}

// view finds a kind that is only read, and the first provider block that leads to it; nil and "" where there is none.
func (e *Engine) view(name string) (kind *schema.Kind, provider string) {
	for i := range e.Systems {
		for _, k := range e.Systems[i].Views {
			if k.Name == name {
				kind = k
			}
		}
	}
	if kind == nil {
		return nil, ""
	}
	for _, p := range e.Config.Providers {
		if p.System.Name == kind.System {
			return kind, p.Name
		}
	}
	return kind, ""
}

// viewsBehind names the views that are read through a provider.
func (e *Engine) viewsBehind(provider string) []string {
	var names []string
	for _, name := range append(taskMirrors(e.Config.Objects), userMirrors(e.Config.Objects)...) {
		if _, at := e.view(name); at == provider {
			names = append(names, name)
		}
	}
	return names
}
