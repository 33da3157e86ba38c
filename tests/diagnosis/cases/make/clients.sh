#!/bin/bash
# Programs in bash with openssl, each with a mistake that people make. One line for each request.
KEY=dpf43f3p2l4k3l03nnnn SECRET='kd94hf93k+423/kf44A=' TOKEN=nnch734d00sl2jdkpppp TOKEN_SECRET='pfkkdhi9sl3r/4s00+Q='
export LC_ALL=C

strict() { # percent-encodes its argument
  local text=$1 out= i c
  for ((i = 0; i < ${#text}; i++)); do
    c=${text:i:1}
    case $c in [A-Za-z0-9._~-]) out+=$c ;; *) out+=$(printf '%%%02X' "'$c") ;; esac
  done
  printf '%s' "$out"
}
lower() { local text=$1 out= i c
  for ((i = 0; i < ${#text}; i++)); do c=${text:i:1}; case $c in [A-Za-z0-9._~-]) out+=$c ;; *) out+=$(printf '%%%02x' "'$c") ;; esac; done; printf '%s' "$out"; }
spaces() { printf '%s' "$1" | sed 's/ /%20/g'; }
same() { printf '%s' "$1"; }
plain() { printf '%s' "$1" | openssl dgst -sha1 -hmac "$2" -binary | base64; }
newline() { echo "$1" | openssl dgst -sha1 -hmac "$2" -binary | base64; }
text_of_dgst() { printf '%s' "$1" | openssl dgst -sha1 -hmac "$2" | base64 -w 0; }
hex_of_dgst() { printf '%s' "$1" | openssl dgst -sha1 -hmac "$2" | sed 's/^.* //'; }
hex_in_base64() { printf '%s' "$1" | openssl dgst -sha1 -hmac "$2" | sed 's/^.* //' | base64 -w 0; }
cut_hex_in_base64() { printf '%s' "$1" | openssl dgst -sha1 -hmac "$2" | sed 's/^.* //' | tr -d '\n' | base64 -w 0; }
wide() { printf '%s' "$1" | openssl dgst -sha512 -hmac "$2" -binary | base64; }
double() { printf '%s' "$1" | openssl dgst -sha1 -hmac "$2" -binary | base64 | base64; }
sha256() { printf '%s' "$1" | openssl dgst -sha256 -hmac "$2" -binary | base64; }
no_hmac() { printf '%s' "$1$2" | openssl dgst -sha1 -binary | base64; }
formatted() { printf "$1" 2>/dev/null | openssl dgst -sha1 -hmac "$2" -binary | base64; }

# deliver NAME EXPECTED ENCODER SERVER MAC SIGN_METHOD METHOD SIGN_URL URL SIGNED_PAIRS BODY COMMENT; the pairs one a line
deliver() {
  local enc=$3 timestamp=${TIMESTAMP:-$(date +%s)} nonce=$(openssl rand -hex 8) method_name=${LABEL:-HMAC-SHA1} pairs joined= line
  local key=${SIGNING_KEY-$(strict "$SECRET")&$(strict "$TOKEN_SECRET")}
  pairs=$(printf '%s\n' "oauth_consumer_key=$KEY" "oauth_nonce=$nonce" "oauth_signature_method=$method_name" "oauth_timestamp=$timestamp" "oauth_token=$TOKEN" "oauth_version=1.0"; printf '%s\n' "${10}")
  while IFS= read -r line; do
    [ -n "$line" ] && joined+="$($enc "${line%%=*}")=$($enc "${line#*=}")"$'\n'
  done <<<"$pairs"
  joined=$(printf '%s' "$joined" | ${SORTER:-sort} | paste -sd '&')
  local signature=$($5 "$6&$($enc "$8")&$($enc "$joined")" "$key")
  local header="OAuth oauth_consumer_key=\"$KEY\", oauth_nonce=\"$nonce\", oauth_signature_method=\"$method_name\", oauth_timestamp=\"$timestamp\", oauth_token=\"$TOKEN\", oauth_version=\"1.0\", oauth_signature=\"$(strict "$signature")\""
  local type=; [ -n "${11}" ] && type=${TYPE-application/x-www-form-urlencoded}
  printf '%s\t' "bash-$1" 3 "$2" "${ENCODER:-$3}" "$4" "$7" "$9" "$header" "$type" "$(printf '%s' "${11}" | base64 -w 0)"
  printf '%s\n' "${12}"
}
U=http://api.example.com/v1/tweets
P=$'status=hello world' B='status=hello%20world'

deliver not-binary hexadecimal-in-base64 strict node cut_hex_in_base64 POST POST $U $U "$P" "$B" 'openssl without -binary'
deliver not-binary-newline hexadecimal-in-base64 strict authlib hex_in_base64 POST POST $U $U "$P" "$B" 'openssl without -binary: the digits and a line break'
deliver dgst-text hexadecimal-in-base64 strict oauthlib text_of_dgst POST POST $U $U "$P" "$B" 'base64 of all that openssl prints'
deliver dgst-hex signature-in-hexadecimal strict php hex_of_dgst POST POST $U $U "$P" "$B" ''
deliver echo line-end-signed strict oauthlib newline POST POST $U $U "$P" "$B" 'echo instead of printf'
deliver lower escapes-in-lower-case lower ruby plain POST POST $U $U "$P" "$B" 'printf %02x'
deliver sed-spaces parts-not-encoded spaces oauthlib plain POST POST $U $U "$P" "$B" 'only spaces are encoded, once'
deliver curl-d form-left-out strict php plain POST POST $U $U "" "$B" 'curl -d after signing'
deliver curl-d-method another-http-method strict authlib plain GET POST $U $U "$P" "$B" 'curl -d turns GET into POST'
deliver curl-get query-left-out strict ruby plain GET GET $U "$U?count=5&since=2" "" "" 'curl -G'
TYPE= deliver no-type body-signed-as-form strict authlib plain POST POST $U $U "$P" "$B" 'curl -H "Content-Type:"'
TIMESTAMP=$(date +%s%3N) deliver milliseconds timestamp-in-milliseconds strict php plain POST POST $U $U "$P" "$B" 'date +%s%3N'
LABEL=HMAC-SHA512 deliver base64-wrapped blanks-around-signature strict oauthlib wide POST POST $U $U "$P" "$B" 'base64 breaks lines after 76 characters'
deliver base64-twice base64-twice strict node double POST POST $U $U "$P" "$B" ''
deliver sha256 signed-with strict authlib sha256 POST POST $U $U "$P" "$B" ''
deliver https other-scheme-signed strict ruby plain POST POST $U ${U/http/https} "$P" "$B" ''
deliver slash trailing-slash-left-out strict php plain POST POST $U $U/ "$P" "$B" ''
SORTER=cat deliver unsorted unsorted strict node plain POST POST $U $U $'a=1\nb=2' 'a=1&b=2' 'nothing sorted'
SORTER="sort -f" deliver sort-f sorted-ignoring-case strict node plain POST POST $U $U $'Zed=1\nabc=2' 'Zed=1&abc=2' 'sort -f'
SIGNING_KEY="$SECRET&$TOKEN_SECRET" deliver raw-key secrets-not-encoded strict ruby plain POST POST $U $U "$P" "$B" ''
SIGNING_KEY="$(strict "$SECRET")&$(strict "$TOKEN_SECRET")"$'\n' deliver key-newline token-secret-with-white-space strict oauthlib plain POST POST $U $U "$P" "$B" 'a line break at the end of the key'
SIGNING_KEY="$(strict "$TOKEN_SECRET")&$(strict "$SECRET")" deliver swapped secrets-swapped strict php plain POST POST $U $U "$P" "$B" ''
deliver no-hmac hash-instead-of-hmac strict node no_hmac POST POST $U $U "$P" "$B" 'dgst without -hmac'
deliver printf-format unknown strict authlib formatted POST POST $U $U "$P" "$B" 'the base string as the format of printf'
deliver pair-curl-and-echo form-left-out,line-end-signed strict oauthlib newline POST POST $U $U "" "$B" 'curl -d after signing, and echo'
SIGNING_KEY="$(strict "$SECRET")&" deliver pair-hex-and-token-secret hexadecimal-in-base64,token-secret-left-out strict node cut_hex_in_base64 POST POST $U $U "$P" "$B" ''
deliver control-hand right strict oauthlib plain POST POST $U $U "$P" "$B" ''
deliver control-get right strict node plain GET GET $U "$U?count=5" "count=5" "" ''
deliver control-ruby right strict ruby plain POST POST $U $U "$P" "$B" ''
deliver control-limited right strict authlib plain POST POST http://api.example.com/limited/x http://api.example.com/limited/x "$P" "$B" ''
