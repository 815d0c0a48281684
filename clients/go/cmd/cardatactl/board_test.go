// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func filledBoard() *board {
	b := newBoard(func() time.Time { return noon }, plain)
	for i := range 30 {
		b.take(value(fmt.Sprintf("vehicle.drivetrain.aRatherLongName.descriptor%02d", i), float64(i)))
	}
	b.take(cardata.Update{Value: &cardatav1.CaughtUp{}})
	b.putAccounts([]*cardatav1.Account{{
		Name: "home", Advice: "log in again",
		Stream: &cardatav1.StreamStatus{
			State: cardatav1.StreamState_STREAM_STATE_LIVE, Since: timestamppb.New(noon.Add(-3 * time.Minute)),
			LastEventTime: timestamppb.New(noon.Add(-2 * time.Second)),
		},
	}})
	return b
}

func value(descriptor string, number float64) cardata.Update {
	return cardata.Update{Value: &cardatav1.Event{
		Account: "home", Vin: "WBA00000000000001", DescriptorId: descriptor, Unit: "km", Raw: fmt.Sprint(number),
		Value:       &cardatav1.Value{Kind: &cardatav1.Value_Number{Number: number}},
		MeasureTime: timestamppb.New(noon.Add(-90 * time.Second)),
	}}
}

func TestTheBoardFillsEveryTerminal(t *testing.T) {
	for _, size := range [][2]int{{200, 50}, {80, 24}, {40, 12}, {20, 5}, {10, 2}, {1, 1}} {
		b := filledBoard()
		b.take(cardata.Update{Value: &cardatav1.Lag{MissedEntries: 7}})
		lines := strings.Split(b.draw(size[0], size[1]), "\n")
		if len(lines) != size[1] {
			t.Errorf("%v: %d lines", size, len(lines))
		}
		for _, line := range lines {
			if ansi.StringWidth(line) > size[0] {
				t.Errorf("%v: %q", size, line)
			}
		}
	}
}

func TestTheBoardShowsValuesStreamsAndWhatHappened(t *testing.T) {
	b := filledBoard()
	expect := func(texts ...string) {
		t.Helper()
		drawn := b.draw(100, 40)
		for _, text := range texts {
			if !strings.Contains(drawn, text) {
				t.Errorf("%q is missing in\n%s", text, drawn)
			}
		}
	}
	expect("live", "30 events of 1 vehicle", "home  stream live for 3m 00s, last event 2s ago  log in again", "…0001", "descriptor29", "1m 30s")

	b.take(value("vehicle.drivetrain.aRatherLongName.descriptor07", 4711))
	expect("4711", "31 events")

	late := value("vehicle.drivetrain.aRatherLongName.descriptor07", 4000)
	late.Value.(*cardatav1.Event).Late = true
	b.take(late)
	expect("4711", "32 events")

	b.take(cardata.Update{Value: &cardatav1.Position{Vin: "WBA00000000000001", Latitude: 48.1, Longitude: 11.5}})
	expect("48.10000 11.50000")

	b.take(cardata.Update{Value: &cardata.Reconnecting{Attempt: 3, Err: errors.New("gone")}})
	expect("reconnecting (attempt 3): gone")

	b.take(cardata.Update{Value: &cardatav1.Gap{Account: "home", Cause: cardatav1.GapCause_GAP_CAUSE_GATEWAY_DOWN}})
	expect("gap: home was not connected", "gateway down")

	b.take(cardata.Update{Value: &cardatav1.AccountRemoved{Account: "home"}})
	expect("the account home was removed")
	if drawn := b.draw(100, 40); strings.Contains(drawn, "descriptor07") {
		t.Errorf("it still shows\n%s", drawn)
	}
}

func TestANarrowBoardShowsDescriptorValueAndAge(t *testing.T) {
	drawn := filledBoard().draw(30, 20)
	if !strings.Contains(drawn, "descriptor07") || !strings.Contains(drawn, "7  1m 30s") {
		t.Errorf("it shows\n%s", drawn)
	}
}

func TestTheBoardScrolls(t *testing.T) {
	b := filledBoard()
	shows := func(descriptor string) bool { return strings.Contains(b.draw(100, 15), descriptor) }
	if !shows("descriptor00") || shows("descriptor29") {
		t.Error("it does not begin at its begin")
	}
	b.scroll(1 << 30)
	if shows("descriptor00") || !shows("descriptor29") {
		t.Error("it does not scroll to its end")
	}
	b.scroll(-1 << 30)
	if !shows("descriptor00") {
		t.Error("it does not scroll back")
	}
}
