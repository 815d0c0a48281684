{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{- define "cardata-gateway.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* 52 characters leave room for what is appended: "-headless", "-simulator" and the pod's "-0". */}}
{{- define "cardata-gateway.fullname" -}}
{{- $name := include "cardata-gateway.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "cardata-gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "cardata-gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "cardata-gateway.simulatorSelectorLabels" -}}
app.kubernetes.io/name: {{ include "cardata-gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: simulator
{{- end -}}

{{/* Of all objects, beside those that select. */}}
{{- define "cardata-gateway.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: cardata-gateway
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "cardata-gateway.labels" -}}
{{ include "cardata-gateway.selectorLabels" . }}
{{ include "cardata-gateway.commonLabels" . }}
{{- end -}}

{{- define "cardata-gateway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "cardata-gateway.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "cardata-gateway.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* What the gateway's certificate is for: a JSON list of names. */}}
{{- define "cardata-gateway.tlsNames" -}}
{{- $name := include "cardata-gateway.fullname" . -}}
{{- $service := printf "%s.%s.svc" $name .Release.Namespace -}}
{{- $names := list $name (printf "%s.%s" $name .Release.Namespace) $service (printf "%s.cluster.local" $service) "localhost" -}}
{{- concat $names .Values.tls.names | uniq | toJson -}}
{{- end -}}

{{- define "cardata-gateway.serverName" -}}
{{- printf "%s.%s.svc" (include "cardata-gateway.fullname" .) .Release.Namespace -}}
{{- end -}}

{{- define "cardata-gateway.tlsSecret" -}}
{{- if eq .Values.tls.source "existing" -}}
{{- required "tls.existingSecret must be set, because tls.source is existing" .Values.tls.existingSecret -}}
{{- else -}}
{{- include "cardata-gateway.fullname" . }}-tls
{{- end -}}
{{- end -}}

{{/* Secret of a caller's certificate; empty: there is none. */}}
{{- define "cardata-gateway.clientSecret" -}}
{{- if eq .Values.tls.source "existing" -}}
{{- .Values.tls.client.existingSecret -}}
{{- else if ne .Values.tls.source "off" -}}
{{- include "cardata-gateway.fullname" . }}-client
{{- end -}}
{{- end -}}

{{- define "cardata-gateway.tokenKeySecret" -}}
{{- default (printf "%s-token-key" (include "cardata-gateway.fullname" .)) .Values.tokenKey.existingSecret -}}
{{- end -}}

{{/* Seconds of a duration such as 1m30s, rounded up. */}}
{{- define "cardata-gateway.seconds" -}}
{{- $seconds := 0.0 -}}
{{- $units := dict "ms" 0.001 "s" 1.0 "m" 60.0 "h" 3600.0 -}}
{{- range regexFindAll "[0-9.]+(ms|s|m|h)" . -1 -}}
{{- $unit := regexFind "(ms|s|m|h)$" . -}}
{{- $seconds = addf $seconds (mulf (trimSuffix $unit . | float64) (get $units $unit)) -}}
{{- end -}}
{{- ceil $seconds | int64 -}}
{{- end -}}

{{/* The gateway's configuration, as JSON: the chart's own settings over those of .Values.config. */}}
{{- define "cardata-gateway.config" -}}
{{- $server := dict "listen" (printf "%s:9610" .Values.listenAddress)
    "admin_listen" (ternary (printf "%s:9611" .Values.listenAddress) "" .Values.metrics.enabled)
    "health_listen" (printf "%s:9612" .Values.listenAddress) -}}
{{- $store := dict "data_dir" "/var/lib/cardata" "token_key_file" "/etc/cardata/token-key/key" -}}
{{- $previous := list -}}
{{- range $index, $key := .Values.tokenKey.previous -}}
{{- $previous = append $previous (printf "/etc/cardata/previous-token-keys/%d" $index) -}}
{{- end -}}
{{- if $previous -}}
{{- $_ := set $store "previous_token_key_files" (join "," $previous) -}}
{{- end -}}
{{- $tls := dict -}}
{{- if eq .Values.tls.source "off" -}}
{{- $_ := set $server "allow_plaintext" true -}}
{{- else -}}
{{- $tls = dict "cert_file" "/etc/cardata/tls/tls.crt" "key_file" "/etc/cardata/tls/tls.key" -}}
{{- if eq .Values.tls.clientCertificates "none" -}}
{{- $_ := set $server "allow_unauthenticated_callers" true -}}
{{- else if .Values.tls.clientCa.existingSecret -}}
{{- $_ := set $tls "client_ca_file" "/etc/cardata/client-ca/ca.crt" -}}
{{- else -}}
{{- $_ := set $tls "client_ca_file" (printf "/etc/cardata/tls/%s" .Values.tls.clientCa.key) -}}
{{- end -}}
{{- end -}}
{{- $upstream := dict -}}
{{- if .Values.simulator.enabled -}}
{{- $host := printf "%s-simulator" (include "cardata-gateway.fullname" .) -}}
{{- $upstream = dict "client_id" "3f72505b-b81d-430a-817e-91e933567295" "ca_file" "/etc/cardata/simulator/ca.pem"
    "oauth_url" (printf "https://%s:9443" $host) "rest_url" (printf "https://%s:9443" $host)
    "stream_host" $host "stream_port" 9000 -}}
{{- end -}}
{{- $own := dict "server" $server "store" $store "tls" $tls "upstream" $upstream -}}
{{- mergeOverwrite (deepCopy .Values.config) $own | toJson -}}
{{- end -}}

{{/* The same as the gateway's file: sections of single values. */}}
{{- define "cardata-gateway.configFile" -}}
{{- range $section, $settings := include "cardata-gateway.config" . | fromJson -}}
{{- if $settings }}
{{ $section }}:
{{- range $name, $value := $settings }}
  {{ $name }}: {{ if kindIs "float64" $value }}{{ int64 $value }}{{ else }}{{ toJson $value }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* How cardata-watch calls the gateway, with a caller's certificate in /etc/cardata/client. */}}
{{- define "cardata-gateway.watchEnv" -}}
{{- if ne .Values.tls.source "off" }}
- name: CARDATA_CA
  value: /etc/cardata/client/ca.crt
- name: CARDATA_SERVER_NAME
  value: {{ include "cardata-gateway.serverName" . }}
{{- if eq .Values.tls.clientCertificates "required" }}
- name: CARDATA_CERT
  value: /etc/cardata/client/tls.crt
- name: CARDATA_KEY
  value: /etc/cardata/client/tls.key
{{- end }}
{{- else }}
- name: CARDATA_PLAINTEXT
  value: "true"
{{- end }}
{{- end -}}

{{/* What contradicts something else, beyond what the schema can say. */}}
{{- define "cardata-gateway.check" -}}
{{- $grace := include "cardata-gateway.seconds" (dig "server" "shutdown_grace" "5s" .Values.config) | int -}}
{{- if le (int .Values.terminationGracePeriodSeconds) (add $grace 10 | int) -}}
{{- fail (printf "terminationGracePeriodSeconds must be more than %d: config.server.shutdown_grace and ten seconds, within which the gateway ends" (add $grace 10)) -}}
{{- end -}}
{{- if and (eq .Values.tls.source "cert-manager") (not .Values.tls.certManager.issuerRef.name) -}}
{{- fail "tls.certManager.issuerRef.name must be set, because tls.source is cert-manager" -}}
{{- end -}}
{{- if and .Values.tls.existingSecret (ne .Values.tls.source "existing") -}}
{{- fail "tls.existingSecret is set, so tls.source must be existing" -}}
{{- end -}}
{{- if and .Values.persistence.existingClaim (not .Values.persistence.enabled) -}}
{{- fail "persistence.existingClaim is set, so persistence.enabled must be true" -}}
{{- end -}}
{{- end -}}
