// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

const (
	// How often the table is drawn anew, however much arrives.
	redrawEach = 100 * time.Millisecond

	// How often the gateway is asked how the accounts are.
	accountsEach = 2 * time.Second
)

// redraw is told when it is time to.
type redraw struct{}

// ended is how a subscription ended.
type ended struct{ err error }

// watchTable draws the updates as a table that is kept up to date, until it is quit or the subscription ends.
func (a *app) watchTable(
	ctx context.Context, client *cardata.Client, updates iter.Seq2[cardata.Update, error], names []string,
) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	board := newBoard(a.now, a.style)
	program := tea.NewProgram(screen{board: board}, tea.WithContext(ctx), tea.WithAltScreen(), tea.WithInput(a.in),
		tea.WithOutput(a.out), tea.WithoutSignalHandler())
	go func() { // until the client is closed
		for update, err := range updates {
			if err != nil {
				program.Send(ended{err})
				return
			}
			board.take(update)
		}
	}()
	go keepAccounts(ctx, client, board, names)
	final, err := program.Run()
	if last, is := final.(screen); is && last.err != nil {
		err = last.err
	}
	fmt.Fprintln(a.out, board.summary())
	return err
}

// keepAccounts tells the board how the accounts are, or those with these names, until the context ends.
func keepAccounts(ctx context.Context, client *cardata.Client, board *board, names []string) {
	for ctx.Err() == nil {
		if response, err := client.Auth.ListAccounts(ctx, &cardatav1.ListAccountsRequest{}); err == nil {
			board.putAccounts(slices.DeleteFunc(response.GetAccounts(), func(account *cardatav1.Account) bool {
				return len(names) > 0 && !slices.Contains(names, account.GetName())
			}))
		}
		select {
		case <-time.After(accountsEach):
		case <-ctx.Done():
		}
	}
}

// screen is the board on a terminal: what bubbletea calls a model.
type screen struct {
	board         *board
	width, height int
	err           error
}

func (s screen) Init() tea.Cmd {
	return later()
}

func later() tea.Cmd {
	return tea.Tick(redrawEach, func(time.Time) tea.Msg { return redraw{} })
}

func (s screen) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	switch message := message.(type) {
	case redraw:
		return s, later()
	case ended:
		s.err = message.err
		return s, tea.Quit
	case tea.WindowSizeMsg:
		s.width, s.height = message.Width, message.Height
	case tea.KeyMsg:
		const all = 1 << 30
		switch message.String() {
		case "q", "esc", "ctrl+c":
			return s, tea.Quit
		case "up", "k":
			s.board.scroll(-1)
		case "down", "j":
			s.board.scroll(1)
		case "pgup", "b":
			s.board.scroll(-s.height / 2)
		case "pgdown", " ":
			s.board.scroll(s.height / 2)
		case "home", "g":
			s.board.scroll(-all)
		case "end", "G":
			s.board.scroll(all)
		}
	}
	return s, nil
}

func (s screen) View() string {
	return s.board.draw(s.width, s.height)
}
