// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"rsc.io/qr"
)

func TestAQRCodeIsDrawnWithItsBorder(t *testing.T) {
	const link = "https://customer.bmwgroup.com/oneid/link?user_code=AbCdEfGh"
	code, err := qr.Encode(link, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	lines := qrLines(link, 80)
	size := code.Size + 2*qrQuiet
	if len(lines) != (size+1)/2 {
		t.Fatalf("%d lines of %d modules", len(lines), size)
	}
	for i, line := range lines {
		line = strings.TrimSuffix(strings.TrimPrefix(line, "\x1b[30;107m"), "\x1b[0m")
		drawn := []rune(line)
		if len(drawn) != size {
			t.Fatalf("line %d is %d wide", i, len(drawn))
		}
		for x, character := range drawn {
			upper, lower := strings.ContainsRune("█▀", character), strings.ContainsRune("█▄", character)
			column, row := x-qrQuiet, 2*i-qrQuiet
			if upper != code.Black(column, row) || lower != code.Black(column, row+1) {
				t.Fatalf("module %d, %d is wrong", column, row)
			}
		}
	}
}

func TestAQRCodeThatIsTooWideIsNotDrawn(t *testing.T) {
	if lines := qrLines("https://customer.bmwgroup.com/oneid/link", 20); lines != nil {
		t.Errorf("drawn:\n%s", strings.Join(lines, "\n"))
	}
}
