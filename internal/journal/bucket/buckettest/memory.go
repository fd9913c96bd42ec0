// Package buckettest holds buckets against what a journal needs of them, and is one in memory.
package buckettest

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hybrid/internal/journal/bucket"
)

// Memory is a bucket in memory that keeps its conditions, unless it is told not to.
type Memory struct {
	// Around, where it is set, is called before and after each request has its effect, and may make it fail: before, so that nothing is
	// done, or after, so that it is done and nobody is told.
	Around func(name string, after bool) error
	// Careless leaves out the condition that an object must not exist, or must still be of a version.
	CarelessCreate, CarelessReplace bool

	mu      sync.Mutex
	objects map[string][]byte
	version map[string]int
	writes  int
}

func (m *Memory) around(name string, do func() error) error {
	if m.Around != nil {
		if err := m.Around(name, false); err != nil {
			return err
		}
	}
	m.mu.Lock()
	err := do()
	m.mu.Unlock()
	if m.Around != nil {
		if lost := m.Around(name, true); lost != nil {
			return lost
		}
	}
	return err
}

// Get reads the version, and then, in another request, the content.
func (m *Memory) Get(_ context.Context, name string) (content []byte, version string, err error) {
	err = m.around(name, func() error {
		if _, there := m.objects[name]; !there {
			return bucket.ErrAbsent
		}
		version = strconv.Itoa(m.version[name])
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	err = m.around(name, func() error {
		content = bytes.Clone(m.objects[name])
		return nil
	})
	return content, version, err
}

// Create writes an object that must not exist.
func (m *Memory) Create(_ context.Context, name string, content []byte) error {
	return m.around(name, func() error {
		if _, there := m.objects[name]; there && !m.CarelessCreate {
			return bucket.ErrRefused
		}
		m.put(name, content)
		return nil
	})
}

// Replace writes an object that must still be of a version.
func (m *Memory) Replace(_ context.Context, name string, content []byte, version string) error {
	return m.around(name, func() error {
		if strconv.Itoa(m.version[name]) != version && !m.CarelessReplace {
			return bucket.ErrRefused
		}
		m.put(name, content)
		return nil
	})
}

func (m *Memory) put(name string, content []byte) {
	if m.objects == nil {
		m.objects, m.version = map[string][]byte{}, map[string]int{}
	}
	m.writes++
	m.objects[name], m.version[name] = bytes.Clone(content), m.writes
}

// Delete removes an object.
func (m *Memory) Delete(_ context.Context, name string) error {
	return m.around(name, func() error {
		delete(m.objects, name)
		return nil
	})
}

// Folders are the first parts of names.
func (m *Memory) Folders(context.Context) ([]string, error) {
	var names []string
	err := m.around("", func() error {
		for name := range m.objects {
			if folder, _, ok := strings.Cut(name, "/"); ok && !slices.Contains(names, folder) {
				names = append(names, folder)
			}
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// List gives the objects in a folder.
func (m *Memory) List(_ context.Context, folder string) ([]bucket.Object, error) {
	var all []bucket.Object
	err := m.around(folder, func() error {
		for name, content := range m.objects {
			if strings.HasPrefix(name, folder+"/") {
				all = append(all, bucket.Object{Name: name, Size: int64(len(content))})
			}
		}
		return nil
	})
	slices.SortFunc(all, func(a, b bucket.Object) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}
