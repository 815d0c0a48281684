// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// How long a value that has changed stands out.
const freshFor = 3 * time.Second

// board is what watch shows: the current value of each descriptor of each vehicle, the accounts' streams, and what happened last.
// It is filled by one goroutine and drawn by another.
type board struct {
	now   func() time.Time
	style styles

	mutex    sync.Mutex
	rows     []*row // by VIN and descriptor
	accounts []*cardatav1.Account
	vins     map[string]bool
	status   string // of the subscription
	last     string // gap, lag or the like
	events   int
	offset   int // of the first row that is shown
}

type row struct {
	vin, descriptor string
	event           *cardatav1.Event
	changed         time.Time
}

func newBoard(now func() time.Time, style styles) *board {
	return &board{now: now, style: style, vins: map[string]bool{}, status: style.warning.Render("connecting")}
}

func (b *board) take(update cardata.Update) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	switch value := update.Value.(type) {
	case *cardatav1.Event:
		b.events++
		if !value.GetLate() {
			b.put(value)
		}
	case *cardatav1.Position:
		b.putPosition(value)
	case *cardatav1.AccountRemoved:
		b.rows = slices.DeleteFunc(b.rows, func(r *row) bool { return r.event.GetAccount() == value.GetAccount() })
		b.tell("the account %s was removed", value.GetAccount())
	case *cardatav1.Gap:
		b.tell("gap: %s was not connected from %s to %s (%s)", value.GetAccount(), clock(value.GetStartTime()),
			clock(value.GetEndTime()), word(value.GetCause(), "GAP_CAUSE_"))
	case *cardatav1.Lag:
		if value.GetMissedEntries() > 0 {
			b.tell("lag: %d entries are no longer in the gateway's log", value.GetMissedEntries())
		}
	case *cardatav1.Started:
		b.status = b.style.warning.Render("catching up")
	case *cardatav1.CaughtUp:
		b.status = b.style.good.Render("live")
	case *cardata.Reconnecting:
		why := "the gateway ended the stream"
		if value.Err != nil {
			why = printable(cardata.ErrorOf(value.Err).String())
		}
		b.status = b.style.bad.Render(fmt.Sprintf("reconnecting (attempt %d): %s", value.Attempt, why))
	}
}

func (b *board) tell(format string, arguments ...any) {
	b.last = b.now().Format("15:04:05 ") + printable(fmt.Sprintf(format, arguments...))
}

func (b *board) put(event *cardatav1.Event) {
	b.vins[event.GetVin()] = true
	wanted := &row{vin: event.GetVin(), descriptor: event.GetDescriptorId(), event: event, changed: b.now()}
	at, is := slices.BinarySearchFunc(b.rows, wanted, func(a, b *row) int {
		if order := strings.Compare(a.vin, b.vin); order != 0 {
			return order
		}
		return strings.Compare(a.descriptor, b.descriptor)
	})
	if !is {
		b.rows = slices.Insert(b.rows, at, wanted)
		return
	}
	if b.rows[at].event.GetRaw() == event.GetRaw() {
		wanted.changed = b.rows[at].changed
	}
	b.rows[at] = wanted
}

// putPosition shows a position as a value like the others.
func (b *board) putPosition(position *cardatav1.Position) {
	b.put(&cardatav1.Event{
		Account: position.GetAccount(), Vin: position.GetVin(), DescriptorId: "position",
		Raw: fmt.Sprintf("%.5f %.5f", position.GetLatitude(), position.GetLongitude()), MeasureTime: position.GetMeasureTime(),
	})
}

// putAccounts says how the accounts are. (Heartbeats do, too, but none comes while events do.)
func (b *board) putAccounts(accounts []*cardatav1.Account) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.accounts = accounts
}

func (b *board) scroll(lines int) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.offset = max(0, min(len(b.rows), b.offset+lines))
}

func (b *board) summary() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.counts()
}

func (b *board) counts() string {
	return fmt.Sprintf("%s of %s", amount(b.events, "event"), amount(len(b.vins), "vehicle"))
}

// draw fills a terminal of this size.
func (b *board) draw(width, height int) string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if width <= 0 || height <= 0 {
		return ""
	}
	lines := []string{b.style.title.Render("cardatactl watch") + "  " + b.status + "  " + b.style.faint.Render(b.counts())}
	for _, account := range b.accounts {
		lines = append(lines, b.accountLine(account))
	}
	if b.last != "" {
		lines = append(lines, b.style.warning.Render(b.last))
	}
	lines = append(lines, "")

	const footer = 1
	room := max(1, height-len(lines)-footer-1) // and the titles
	b.offset = max(0, min(b.offset, len(b.rows)-room))
	shown := b.rows[b.offset:min(len(b.rows), b.offset+room)]
	lines = append(lines, b.table(shown, width)...)
	for len(lines) < height-footer {
		lines = append(lines, "")
	}
	keys := "q quit"
	if len(b.rows) > room {
		keys = fmt.Sprintf("%d–%d of %d  ↑ ↓ scroll  %s", b.offset+1, b.offset+len(shown), len(b.rows), keys)
	}
	lines = append(lines[:height-footer], b.style.faint.Render(keys))
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, width, "…")
	}
	return strings.Join(lines, "\n")
}

func (b *board) accountLine(account *cardatav1.Account) string {
	stream := account.GetStream()
	line := fmt.Sprintf("%s  stream %s for %s", account.GetName(),
		b.style.stream(stream.GetState()).Render(word(stream.GetState(), "STREAM_STATE_")), age(b.now(), stream.GetSince()))
	if stream.GetLastEventTime() != nil {
		line += ", last event " + age(b.now(), stream.GetLastEventTime()) + " ago"
	}
	if account.GetAdvice() != "" {
		line += "  " + b.style.warning.Render(printable(account.GetAdvice()))
	}
	return line
}

func (b *board) table(rows []*row, width int) []string {
	table := table{columns: []column{
		{title: "VEHICLE"}, {title: "DESCRIPTOR", shrinks: atBegin}, {title: "VALUE", right: true, shrinks: atEnd},
		{title: "UNIT", drops: 1}, {title: "AGE", right: true},
	}}
	if len(b.vins) == 1 {
		table.columns[0].drops = 2
	}
	for _, row := range rows {
		value := valueText(row.event)
		if b.now().Sub(row.changed) < freshFor {
			value = b.style.fresh.Render(value)
		}
		table.add("…"+printable(row.vin[max(0, len(row.vin)-4):]), printable(row.descriptor), value, printable(row.event.GetUnit()),
			age(b.now(), row.event.GetMeasureTime()))
	}
	return table.lines(width, b.style)
}
