// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// Prices are what a kilowatt-hour costs in each hour of the day, by the local clock.
type Prices [24]float64

// ReadPrices reads lines of an hour, from 0 to 23, and its price, under a line with titles.
func ReadPrices(file io.Reader) (Prices, error) {
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = 2
	reader.Comment = '#'
	lines, err := reader.ReadAll()
	if err != nil {
		return Prices{}, err
	}
	var prices Prices
	var seen [24]bool
	for i, line := range lines {
		if i == 0 {
			continue
		}
		hour, err := strconv.Atoi(line[0])
		if err != nil || hour < 0 || hour > 23 || seen[hour] {
			return Prices{}, fmt.Errorf("%q is no hour from 0 to 23, or comes a second time", line[0])
		}
		if prices[hour], err = strconv.ParseFloat(line[1], 64); err != nil {
			return Prices{}, fmt.Errorf("the price of hour %d, %q, is no number", hour, line[1])
		}
		seen[hour] = true
	}
	for hour := range seen {
		if !seen[hour] {
			return Prices{}, fmt.Errorf("there is no price of hour %d", hour)
		}
	}
	return prices, nil
}
