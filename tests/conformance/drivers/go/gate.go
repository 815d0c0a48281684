// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

// gate lets a reader pass unless it is shut.
type gate struct {
	mutex  sync.Mutex
	opened chan struct{} // nil: open
}

func (g *gate) shut() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.opened == nil {
		g.opened = make(chan struct{})
	}
}

func (g *gate) open() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.opened != nil {
		close(g.opened)
		g.opened = nil
	}
}

func (g *gate) pass() {
	g.mutex.Lock()
	opened := g.opened
	g.mutex.Unlock()
	if opened != nil {
		<-opened
	}
}
