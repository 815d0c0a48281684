// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"strings"
	"testing"
)

func TestPricesThatAreWrongAreRefused(t *testing.T) {
	text, err := os.ReadFile("prices.csv")
	if err != nil {
		t.Fatal(err)
	}
	good := string(text)
	for _, c := range []struct{ old, new, said string }{
		{"3,0.196\n4,", "4,", "there is no price of hour 3"},
		{"\n23,", "\n22,", `"22" is no hour from 0 to 23, or comes a second time`},
		{"\n23,", "\n24,", `"24" is no hour`},
		{"\n23,", "\nnoon,", `"noon" is no hour`},
		{"\n3,0.196", "\n3,cheap", `the price of hour 3, "cheap", is no number`},
		{"\n3,0.196", "\n3", "wrong number of fields"},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("the sample has no %q", c.old)
		}
		if _, err := ReadPrices(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), c.said) {
			t.Errorf("with %q for %q: %v", c.new, c.old, err)
		}
	}
}

func TestFlagsThatAreWrongAreRefused(t *testing.T) {
	const vin = "--vin=WBA00000000000001"
	if _, err := parse([]string{vin}); err != nil {
		t.Errorf("the car alone suffices, and yet: %v", err)
	}
	for _, c := range []struct {
		said      string
		arguments []string
	}{
		{"17 characters", nil},
		{"is no flag", []string{vin, "soon"}},
		{"a time of the day", []string{vin, "--departure=soon"}},
		{"--target-soc is from 0 to 100", []string{vin, "--target-soc=101"}},
		{"--power and --battery are above 0", []string{vin, "--power=0"}},
		{"--efficiency from 0 to 1", []string{vin, "--efficiency=90"}},
		{"no such file", []string{vin, "--prices=none.csv"}},
		{"main.go: ", []string{vin, "--prices=main.go"}},
	} {
		if _, err := parse(c.arguments); err == nil || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%q: %v", c.arguments, err)
		}
	}
}
