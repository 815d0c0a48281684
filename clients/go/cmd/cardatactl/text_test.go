// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func TestNothingThatAVehicleSendsReachesTheTerminal(t *testing.T) {
	for text, expected := range map[string]string{
		"82 %":                    "82 %",
		"Zürich 🚗":                "Zürich 🚗",
		"\x1b]0;title\x07":        `\x1b]0;title\a`,
		"a\r\nb":                  `a\r\nb`,
		"\u009b2J":                `\u009b2J`,
		"\u202egnp.exe":           `\u202egnp.exe`,
		string([]byte{'a', 0xff}): "a�",
	} {
		if got := printable(text); got != expected {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
}

func TestSpans(t *testing.T) {
	for length, expected := range map[time.Duration]string{
		0:                                     "0s",
		59*time.Second + 499*time.Millisecond: "59s",
		time.Minute:                           "1m 00s",
		61 * time.Minute:                      "1h 01m",
		25 * time.Hour:                        "1d 1h",
		300 * time.Hour:                       "12d",
	} {
		if got := span(length); got != expected {
			t.Errorf("%v is %q", length, got)
		}
	}
}

func TestValues(t *testing.T) {
	for _, test := range []struct {
		value    *cardatav1.Value
		raw      string
		expected string
	}{
		{&cardatav1.Value{Kind: &cardatav1.Value_Number{Number: 11260}}, "11260.0", "11260"},
		{&cardatav1.Value{Kind: &cardatav1.Value_Number{Number: 1234567.25}}, "1234567.25", "1234567.25"},
		{&cardatav1.Value{Kind: &cardatav1.Value_Boolean{Boolean: true}}, "true", "true"},
		{&cardatav1.Value{Kind: &cardatav1.Value_Text{Text: "OPEN"}}, "OPEN", "OPEN"},
		{&cardatav1.Value{Kind: &cardatav1.Value_Json{Json: structpb.NewNullValue()}}, `{"a":1}`, `{"a":1}`},
		{&cardatav1.Value{Kind: &cardatav1.Value_NoValue{NoValue: cardatav1.NoValue_NO_VALUE_NULL}}, "null", "–"},
		{&cardatav1.Value{Kind: &cardatav1.Value_NoValue{NoValue: cardatav1.NoValue_NO_VALUE_UNPARSABLE}}, "1e999", "1e999"},
		{&cardatav1.Value{}, "of a newer kind", "of a newer kind"},
		{nil, "none", "none"},
	} {
		if got := valueText(&cardatav1.Event{Value: test.value, Raw: test.raw}); got != test.expected {
			t.Errorf("%v is shown as %q", test.value, got)
		}
	}
}

func TestWhen(t *testing.T) {
	now := time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)
	for text, expected := range map[string]time.Time{
		"45m":                  now.Add(-45 * time.Minute),
		"30d":                  now.AddDate(0, 0, -30),
		"2026-08-01":           time.Date(2026, 8, 1, 0, 0, 0, 0, time.Local),
		"2026-08-01T10:00:00Z": time.Date(2026, 8, 1, 10, 0, 0, 0, time.UTC),
	} {
		if at, err := when(text, now); err != nil || !at.Equal(expected) {
			t.Errorf("%q is %v, %v", text, at, err)
		}
	}
	for _, text := range []string{"", "yesterday", "-5m", "d", "2026-13-01"} {
		if at, err := when(text, now); err == nil {
			t.Errorf("%q is taken for %v", text, at)
		}
	}
}
