// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"

	"rsc.io/qr"
)

// qrQuiet is the white border that scanners want, in modules.
const qrQuiet = 2

// qrLines is a text as a QR code, two modules a character, black on white whatever the terminal's colours are. There are none
// where it would be wider than the terminal.
func qrLines(text string, width int) []string {
	code, err := qr.Encode(text, qr.L)
	if err != nil || code.Size+2*qrQuiet > width {
		return nil
	}
	black := func(x, y int) bool { return x >= 0 && y >= 0 && x < code.Size && y < code.Size && code.Black(x, y) }
	var lines []string
	for y := -qrQuiet; y < code.Size+qrQuiet; y += 2 {
		var line strings.Builder
		line.WriteString("\x1b[30;107m")
		for x := -qrQuiet; x < code.Size+qrQuiet; x++ {
			switch upper, lower := black(x, y), black(x, y+1); {
			case upper && lower:
				line.WriteString("█")
			case upper:
				line.WriteString("▀")
			case lower:
				line.WriteString("▄")
			default:
				line.WriteString(" ")
			}
		}
		line.WriteString("\x1b[0m")
		lines = append(lines, line.String())
	}
	return lines
}
