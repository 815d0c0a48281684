// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

const (
	columnGap = 2

	// What a column that shrinks keeps at least.
	leastWidth = 12
)

// column is one of a table.
type column struct {
	title   string
	right   bool // numbers
	shrinks cut  // what is left out where the table is too wide
	drops   int  // where that is not enough, columns with a higher number go first; 0 stays
}

type cut int

const (
	never cut = iota
	atEnd
	atBegin // for descriptors, whose ends tell them apart
)

// table is made of texts that may be styled.
type table struct {
	columns []column
	rows    [][]string
}

func (t *table) add(cells ...string) {
	t.rows = append(t.rows, cells)
}

// lines lays the table out for a terminal of this width, or as wide as it is for 0. The first line has the titles.
func (t *table) lines(width int, style styles) []string {
	widths := make([]int, len(t.columns))
	for i, column := range t.columns {
		widths[i] = ansi.StringWidth(column.title)
		for _, row := range t.rows {
			widths[i] = max(widths[i], ansi.StringWidth(row[i]))
		}
	}
	shown := t.fit(t.filled(), widths, width)

	var titles []string
	for _, column := range t.columns {
		titles = append(titles, style.title.Render(column.title))
	}
	lines := []string{t.line(titles, widths, shown)}
	for _, row := range t.rows {
		lines = append(lines, t.line(row, widths, shown))
	}
	return lines
}

// filled is the columns that have something in any row.
func (t *table) filled() (filled []int) {
	for i := range t.columns {
		if len(t.rows) == 0 || slices.ContainsFunc(t.rows, func(row []string) bool { return row[i] != "" }) {
			filled = append(filled, i)
		}
	}
	return filled
}

// fit makes columns narrower, and then leaves some out, until the table is as wide as it may be.
func (t *table) fit(shown, widths []int, width int) []int {
	if width <= 0 {
		return shown
	}
	for {
		excess := -columnGap - width
		most := 0
		for _, i := range shown {
			excess += widths[i] + columnGap
			if t.columns[i].shrinks != never {
				most += max(0, widths[i]-leastWidth)
			}
		}
		if excess <= 0 {
			return shown
		}
		last := -1
		for at, i := range shown {
			if drops := t.columns[i].drops; drops > 0 && (last < 0 || drops > t.columns[shown[last]].drops) {
				last = at
			}
		}
		if excess <= most || last < 0 {
			t.shrink(widths, shown, excess)
			return shown
		}
		shown = append(shown[:last:last], shown[last+1:]...)
	}
}

// shrink takes the excess from the widest columns that may shrink.
func (t *table) shrink(widths, shown []int, excess int) {
	for ; excess > 0; excess-- {
		widest := -1
		for _, i := range shown {
			if t.columns[i].shrinks != never && widths[i] > leastWidth && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

func (t *table) line(cells []string, widths, shown []int) string {
	var line strings.Builder
	for at, i := range shown {
		cell := cells[i]
		missing := widths[i] - ansi.StringWidth(cell)
		if missing < 0 && t.columns[i].shrinks == atBegin {
			cell = ansi.TruncateLeft(cell, 1-missing, "…")
		} else if missing < 0 {
			cell = ansi.Truncate(cell, widths[i], "…")
		}
		padding := strings.Repeat(" ", max(0, missing))
		if t.columns[i].right {
			cell = padding + cell
		} else {
			cell += padding
		}
		if at > 0 {
			line.WriteString(strings.Repeat(" ", columnGap))
		}
		line.WriteString(cell)
	}
	return strings.TrimRight(line.String(), " ")
}

// print writes a table that is not drawn again.
func (a *app) print(t table) {
	for _, line := range t.lines(a.width(), a.style) {
		fmt.Fprintln(a.out, line)
	}
}

// note says something beside the data, where a person reads it.
func (a *app) note(format string, arguments ...any) {
	if a.output != "json" {
		fmt.Fprintf(a.err, format+"\n", arguments...)
	}
}

// styles are empty where the output takes no colours, or NO_COLOR is set.
type styles struct {
	title, faint, good, warning, bad, fresh lipgloss.Style
}

func newStyles(out io.Writer) styles {
	renderer := lipgloss.NewRenderer(out)
	style := renderer.NewStyle()
	return styles{
		title:   style.Bold(true),
		faint:   style.Faint(true),
		good:    style.Foreground(lipgloss.Color("2")),
		warning: style.Foreground(lipgloss.Color("3")),
		bad:     style.Foreground(lipgloss.Color("1")),
		fresh:   style.Bold(true).Foreground(lipgloss.Color("6")),
	}
}

// stream is how the state of an account's connection to BMW looks.
func (s styles) stream(state cardatav1.StreamState) lipgloss.Style {
	switch state {
	case cardatav1.StreamState_STREAM_STATE_LIVE:
		return s.good
	case cardatav1.StreamState_STREAM_STATE_CONTENDED:
		return s.bad
	}
	return s.warning
}
