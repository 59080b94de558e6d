{{/* The cluster's name: of the resource, or of the StatefulSet. */}}
{{- define "vernemq.fullname" -}}
{{- $name := default .Release.Name .Values.fullnameOverride }}
{{- if gt (len $name) 44 }}
{{- fail (printf "the name %q has more than 44 characters, and the pods' names could not be labels: set fullnameOverride" $name) }}
{{- end }}
{{- $name }}
{{- end }}

{{/* What selects the brokers: as the operator labels those of a resource. */}}
{{- define "vernemq.selectorLabels" -}}
app.kubernetes.io/name: vernemq
app.kubernetes.io/instance: {{ include "vernemq.fullname" . }}
{{- end }}

{{/* Never on pods: their template must not change because the chart does. */}}
{{- define "vernemq.labels" -}}
{{ include "vernemq.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Annotations as a whole member of the metadata, or nothing: those given, and the common ones. Takes a list: root, map. */}}
{{- define "vernemq.annotations" -}}
{{- with merge (dict) (index . 1) (index . 0).Values.commonAnnotations -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "vernemq.configMap" -}}
{{ include "vernemq.fullname" . }}-config
{{- end }}

{{- define "vernemq.version" -}}
{{ default .Chart.AppVersion .Values.version }}
{{- end }}

{{- define "vernemq.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{/* The operator's annotations that differ from what it does without them. Takes the root; gives YAML of a map. */}}
{{- define "vernemq.operatorAnnotations" -}}
{{- if ne .Values.joinTimeout "5m" }}
vmq.k8s.vernemq.com/join-timeout: {{ .Values.joinTimeout }}
{{- end }}
{{- if ne .Values.leaveTimeout "10m" }}
vmq.k8s.vernemq.com/leave-timeout: {{ .Values.leaveTimeout }}
{{- end }}
{{- if ne .Values.leave "auto" }}
vmq.k8s.vernemq.com/leave: {{ .Values.leave }}
{{- end }}
{{- end }}

{{/* The broker's environment, with the licence. */}}
{{- define "vernemq.env" -}}
{{- $named := dict }}
{{- range .Values.env }}{{ $named = set $named .name true }}{{ end }}
{{- if hasKey $named "DOCKER_VERNEMQ_ACCEPT_EULA" }}
{{- else if .Values.acceptEula }}
- name: DOCKER_VERNEMQ_ACCEPT_EULA
  value: "yes"
{{- else if regexMatch "^(docker\\.io/)?vernemq/vernemq$" .Values.image.repository }}
{{- fail "acceptEula is false: the official image starts only for those who accept the licence of its binaries (https://vernemq.com/end-user-license-agreement/). Set acceptEula=true if you do, or image.repository to an image of your own build" }}
{{- end }}
{{- with .Values.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
A value as vernemq.conf has it: on and off are booleans to YAML, numbers come without an exponent, and what would be read as
a comment, or as nothing, stands in quotes.
*/}}
{{- define "vernemq.setting" -}}
{{- if kindIs "bool" . }}
{{- ternary "on" "off" . }}
{{- else if kindIs "string" . }}
{{- if or (eq . "") (contains "#" .) (ne (trim .) .) }}{{ squote . }}{{ else }}{{ . }}{{ end }}
{{- else if eq (floor .) (float64 .) }}
{{- int64 . }}
{{- else }}
{{- . }}
{{- end }}
{{- end }}
