// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

var plain = newStyles(io.Discard)

func exampleTable() table {
	example := table{columns: []column{
		{title: "VEHICLE"}, {title: "DESCRIPTOR", shrinks: atBegin}, {title: "VALUE", right: true, shrinks: atEnd},
		{title: "SINCE", drops: 1}, {title: "UNIT"},
	}}
	example.add("…0001", "vehicle.drivetrain.batteryManagement.header", "82", "yesterday", "%")
	example.add("…0001", "vehicle.cabin.door", "a rather long value", "today", "")
	return example
}

func TestATableWithoutATerminalIsAsWideAsItIs(t *testing.T) {
	example := exampleTable()
	expected := []string{
		"VEHICLE  DESCRIPTOR                                                 VALUE  SINCE      UNIT",
		"…0001    vehicle.drivetrain.batteryManagement.header                   82  yesterday  %",
		"…0001    vehicle.cabin.door                           a rather long value  today",
	}
	if lines := example.lines(0, plain); !slices.Equal(lines, expected) {
		t.Errorf("it is\n%q", lines)
	}
}

func TestATableFitsItsTerminal(t *testing.T) {
	example := exampleTable()
	for _, test := range []struct {
		width        int
		descriptor   string
		isSinceShown bool
		isValueCut   bool
	}{
		{90, "vehicle.drivetrain.batteryManagement.header", true, false},
		{70, "…tteryManagement.header", true, false},
		{60, "…nagement.header", true, true},
		{45, "ment.header", false, true},
	} {
		lines := example.lines(test.width, plain)
		for _, line := range lines {
			if runes := len([]rune(line)); runes > test.width {
				t.Errorf("%d wide at %d: %q", runes, test.width, line)
			}
		}
		text := strings.Join(lines, "\n")
		if !strings.Contains(text, test.descriptor) || strings.Contains(text, "SINCE") != test.isSinceShown ||
			strings.Contains(text, "a rather long value") == test.isValueCut {
			t.Errorf("%d wide it is\n%s", test.width, text)
		}
	}
}
