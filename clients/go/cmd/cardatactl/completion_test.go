// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardata-gateway/cardata-gateway/clients/go/descriptor"
)

// bashCompletion is a part of bash that Debian has in a package of its own.
const bashCompletion = "/usr/share/bash-completion/bash_completion"

// shells says for each how it is started, with a prompt of "ready> " and the completion that the program generates.
var shells = []struct{ name, file, content, start string }{
	{
		"bash", "bashrc", "PS1='ready> '\n. " + bashCompletion + "\nsource <(cardatactl completion bash)\n",
		"exec bash --noprofile --rcfile bashrc -i",
	},
	{
		"zsh", ".zshrc", "PS1='ready> '\nautoload -U compinit\ncompinit -u -D\nsource <(cardatactl completion zsh)\n",
		"ZDOTDIR=$PWD exec zsh --no-global-rcs -i",
	},
	{
		"fish", "fish/config.fish",
		"set fish_greeting\nfunction fish_prompt; echo 'ready> '; end\ncardatactl completion fish | source\n",
		// It would write its history when it ends, and completions from all man pages behind its back.
		"mkdir fish/generated_completions && XDG_CONFIG_HOME=$PWD XDG_DATA_HOME=$PWD exec fish -i --private",
	},
}

// What Tab does, in real shells.
func TestRealCompletion(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux")
	}
	r := startReal(t)
	r.gateway.LogIn()
	vin := r.firstVIN()
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			if _, err := exec.LookPath(shell.name); err != nil {
				t.Skipf("%s is not here", shell.name)
			}
			if _, err := os.Stat(bashCompletion); err != nil && shell.name == "bash" {
				t.Skip("bash-completion is not here")
			}
			folder := t.TempDir()
			write(t, filepath.Join(folder, "bin", "cardatactl"),
				fmt.Sprintf("#!/bin/sh\nexec env %s %q \"$@\"\n", strings.Join(environment, " "), os.Args[0]))
			write(t, filepath.Join(folder, shell.file), shell.content)
			term := startTerminal(t, 150, 40, fmt.Sprintf("cd %q && PATH=$PWD/bin:$PATH && %s", folder, shell.start))
			term.shows("ready>")
			for _, line := range [][2]string{
				{"cardatactl vehi", "cardatactl vehicles"},
				{"cardatactl watch --out", "cardatactl watch --output"},
				{"cardatactl get ", vin},
				{"cardatactl get " + vin + " vehicle.isMov", "cardatactl get " + vin + " " + descriptor.VehicleIsMoving},
			} {
				term.types(line[0])
				term.shows(strings.TrimSpace(line[0]))
				term.presses("Tab")
				term.shows(line[1])
				term.presses("C-u")
			}
		})
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}
