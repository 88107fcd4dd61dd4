{{- define "myriad.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Labels that name the parts of a release: (list . "store"). */}}
{{- define "myriad.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "myriad.labels" -}}
{{- $root := index . 0 -}}
{{ include "myriad.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end -}}

{{/* (list . "store") */}}
{{- define "myriad.image" -}}
{{- $root := index . 0 -}}
{{- printf "%s/%s:%s" $root.Values.image.registry (index . 1) (default $root.Chart.AppVersion $root.Values.image.tag) -}}
{{- end -}}

{{- define "myriad.apiserverUrl" -}}
{{- printf "https://%s-apiserver.%s.svc:%d" (include "myriad.fullname" .) .Release.Namespace (int .Values.apiserver.service.port) -}}
{{- end -}}

{{/* The name under which a store is reached: (list . index). */}}
{{- define "myriad.storeHost" -}}
{{- $root := index . 0 -}}
{{- $name := include "myriad.fullname" $root -}}
{{- printf "%s-store-%d.%s-store.%s.svc" $name (index . 1) $name $root.Release.Namespace -}}
{{- end -}}

{{- define "myriad.storeUrls" -}}
{{- $urls := list -}}
{{- range $i := until (int .Values.store.replicas) -}}
{{- $urls = append $urls (printf "https://%s:2379" (include "myriad.storeHost" (list $ $i))) -}}
{{- end -}}
{{- join "," $urls -}}
{{- end -}}

{{- define "myriad.storeMembers" -}}
{{- $members := list -}}
{{- range $i := until (int .Values.store.replicas) -}}
{{- $members = append $members (printf "%s-store-%d=https://%s:2380" (include "myriad.fullname" $) $i (include "myriad.storeHost" (list $ $i))) -}}
{{- end -}}
{{- join "," $members -}}
{{- end -}}

{{/* What all pods have: (list . "store" .Values.store). */}}
{{- define "myriad.podSettings" -}}
{{- $root := index . 0 -}}
{{- $values := index . 2 -}}
{{- if and $root.Values.roleEvents.enabled (has (index . 1) (list "controller" "scheduler")) }}
serviceAccountName: {{ include "myriad.fullname" $root }}-roles
automountServiceAccountToken: true
{{- else }}
automountServiceAccountToken: false
{{- end }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext: {{- include "myriad.podSecurity" . | nindent 2 }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{- include "myriad.selector" (list $root (index . 1)) | nindent 14 }}
{{- end -}}

{{- define "myriad.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "myriad.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Image, probes, resources and mounts of a service's container: (list . "store" .Values.store managementPort). */}}
{{- define "myriad.container" -}}
{{- $root := index . 0 -}}
{{- $values := index . 2 -}}
{{- $port := index . 3 | quote -}}
name: {{ index . 1 }}
image: {{ include "myriad.image" (list $root (index . 1)) }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
securityContext: {{- include "myriad.containerSecurity" . | nindent 2 }}
startupProbe:
  exec: {command: [myriad-health, {{ $port }}, readiness]}
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 90
readinessProbe:
  exec: {command: [myriad-health, {{ $port }}, readiness]}
  periodSeconds: 5
  timeoutSeconds: 3
livenessProbe:
  exec: {command: [myriad-health, {{ $port }}, liveness]}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
resources: {{- toYaml $values.resources | nindent 2 }}
{{- end -}}

{{/* Where the replicas of a service tell which of them has the role. */}}
{{- define "myriad.roleEvents" -}}
{{- if .Values.roleEvents.enabled }}
- name: SPRING_CLOUD_KUBERNETES_LEADER_CONFIGMAPNAME
  value: {{ include "myriad.fullname" . }}-leaders
- name: SPRING_CLOUD_KUBERNETES_LEADER_NAMESPACE
  value: {{ .Release.Namespace }}
{{- else }}
- name: SPRING_CLOUD_KUBERNETES_LEADER_ENABLED
  value: "false"
{{- end }}
{{- end -}}

{{- define "myriad.javaOptions" -}}
- name: JAVA_OPTS
  value: {{ . | quote }}
{{- end -}}

{{/* The files of the Secret that a service needs, and no others: (list . (list "ca.crt" ...)). In the Secret '/' is written '_'. */}}
{{- define "myriad.pkiVolume" -}}
- name: pki
  secret:
    secretName: {{ include "myriad.fullname" (index . 0) }}-pki
    # Readable for the group, which is the pod's own.
    defaultMode: 0440
    items:
    {{- range index . 1 }}
      - {key: {{ replace "/" "_" . }}, path: {{ . }}}
    {{- end }}
- name: tmp
  emptyDir: {medium: Memory, sizeLimit: 64Mi}
{{- end -}}

{{- define "myriad.pkiMounts" -}}
- {name: pki, mountPath: /pki, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* (list . "store" replicas) */}}
{{- define "myriad.disruptionBudget" -}}
{{- $root := index . 0 -}}
{{- if and $root.Values.podDisruptionBudget.enabled (gt (int (index . 2)) 1) }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "myriad.fullname" $root }}-{{ index . 1 }}
  labels: {{- include "myriad.labels" (list $root (index . 1)) | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {{- include "myriad.selector" (list $root (index . 1)) | nindent 6 }}
{{- end }}
{{- end -}}

{{- define "myriad.podMetadata" -}}
{{- $root := index . 0 -}}
labels:
  {{- include "myriad.labels" . | nindent 2 }}
  {{- with $root.Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $root.Values.podAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
