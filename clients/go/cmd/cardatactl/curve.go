// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

const (
	curveHeight  = 12
	widestCurve  = 100
	unknownWidth = 80
)

// printCurve draws the power of a session over time.
func (a *app) printCurve(session *cardatav1.ChargingSession) error {
	width := a.width()
	if width <= 0 {
		width = unknownWidth
	}
	lines := curve(session.GetChargingBlocks(), min(width, widestCurve), curveHeight)
	if lines == nil {
		return failedWith{exitNotFound, "BMW tells no power of this session", "cardatactl charging lists the others: --number says which"}
	}
	fmt.Fprintf(a.out, "%s  %s  %s  %s kWh\n", a.style.title.Render(clock(session.GetStartTime())), durationText(session),
		chargeText(session), decimal(session.EnergyConsumedFromPowerGridKwh))
	for _, line := range lines {
		fmt.Fprintln(a.out, line)
	}
	return nil
}

// curve is the blocks' power as bars of so many lines, with axes; nil where there is none.
func curve(blocks []*cardatav1.ChargingBlock, width, height int) []string {
	var begin, end time.Time
	var most float64
	for _, block := range blocks {
		if !isTimed(block) {
			continue
		}
		if from := block.GetStartTime().AsTime(); begin.IsZero() || from.Before(begin) {
			begin = from
		}
		if to := block.GetEndTime().AsTime(); to.After(end) {
			end = to
		}
		most = max(most, block.GetAveragePowerGridKw())
	}
	if most <= 0 || !end.After(begin) {
		return nil
	}

	const label = "%7.1f kW ┤"
	margin := len([]rune(fmt.Sprintf(label, most)))
	columns := max(10, width-margin)
	eighths := make([]int, columns) // of a line's height
	for i := range eighths {
		at := begin.Add(time.Duration((float64(i) + 0.5) / float64(columns) * float64(end.Sub(begin))))
		eighths[i] = int(math.Round(powerAt(blocks, at) / most * float64(height) * 8))
	}
	var lines []string
	for line := height; line > 0; line-- {
		text := strings.Repeat(" ", margin-1) + "│"
		switch line {
		case height:
			text = fmt.Sprintf(label, most)
		case height/2 + height%2:
			text = fmt.Sprintf(label, most*float64(line)/float64(height))
		}
		for _, filled := range eighths {
			text += string([]rune(" ▁▂▃▄▅▆▇█")[min(8, max(0, filled-8*(line-1)))])
		}
		lines = append(lines, strings.TrimRight(text, " "))
	}
	from, to := begin.Local().Format("15:04"), end.Local().Format("15:04")
	return append(lines,
		strings.Repeat(" ", margin-1)+"└"+strings.Repeat("─", columns),
		strings.Repeat(" ", margin)+from+strings.Repeat(" ", max(1, columns-len(from)-len(to)))+to)
}

// powerAt is 0 between blocks.
func powerAt(blocks []*cardatav1.ChargingBlock, at time.Time) float64 {
	for _, block := range blocks {
		if isTimed(block) && !at.Before(block.GetStartTime().AsTime()) && at.Before(block.GetEndTime().AsTime()) {
			return max(0, block.GetAveragePowerGridKw())
		}
	}
	return 0
}

func isTimed(block *cardatav1.ChargingBlock) bool {
	return block.GetStartTime() != nil && block.GetEndTime() != nil
}
