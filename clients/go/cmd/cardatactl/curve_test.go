// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func TestACurveIsDrawn(t *testing.T) {
	begin := time.Date(2026, 11, 26, 7, 0, 0, 0, time.Local)
	block := func(from, to int, power float64) *cardatav1.ChargingBlock {
		return &cardatav1.ChargingBlock{
			StartTime: timestamppb.New(begin.Add(time.Duration(from) * time.Minute)),
			EndTime:   timestamppb.New(begin.Add(time.Duration(to) * time.Minute)), AveragePowerGridKw: proto.Float64(power),
		}
	}
	lines := curve([]*cardatav1.ChargingBlock{block(0, 20, 100), block(20, 40, 75), block(60, 100, 12.5), {}}, 22, 4)
	expected := []string{
		"  100.0 kW ┤██",
		"           │████",
		"   50.0 kW ┤████",
		"           │████  ▄▄▄▄",
		"           └──────────",
		"            07:00 08:40",
	}
	if !slices.Equal(lines, expected) {
		t.Errorf("it is\n%q", lines)
	}
}

func TestWhereNoPowerIsKnownThereIsNoCurve(t *testing.T) {
	if lines := curve([]*cardatav1.ChargingBlock{{}}, 80, 12); lines != nil {
		t.Errorf("drawn: %q", lines)
	}
}
