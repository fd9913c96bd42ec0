package config

import (
	"errors"
	"fmt"
	"strings"
)

// mistakes collects what is wrong with rows, so that all of a file is corrected at once.
type mistakes struct {
	first []string
	count int
	told  string // what the row before was said to be wrong with, at length
}

// shownMistakes is how many are spelled out: a wrong column makes as many as there are rows.
const shownMistakes = 10

func (m *mistakes) add(problem string) {
	m.count++
	m.told = ""
	if m.count <= shownMistakes {
		m.first = append(m.first, problem)
	}
}

// addRow adds what is wrong with a whole row, which often is wrong with each: of those that follow one another it is said at length once.
func (m *mistakes) addRow(err error) {
	var row *csvError
	switch {
	case !errors.As(err, &row):
		m.add(err.Error())
		return
	case row.text == m.told:
		m.add(row.place + ": likewise")
	default:
		m.add(err.Error())
	}
	m.told = row.text
}

func (m *mistakes) err() error {
	switch {
	case m.count == 0:
		return nil
	case m.count == 1:
		return errors.New(m.first[0])
	}
	text := fmt.Sprintf("%d rows are wrong:\n  %s", m.count, strings.Join(m.first, "\n  "))
	if m.count > shownMistakes {
		text += fmt.Sprintf("\n  and %d more", m.count-shownMistakes)
	}
	return errors.New(text)
}
