// Programs in Java, each with a mistake that people make. One line for each request.
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.function.*;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Clients {
    static final String KEY = "dpf43f3p2l4k3l03nnnn", SECRET = "kd94hf93k+423/kf44A=";
    static final String TOKEN = "nnch734d00sl2jdkpppp", TOKEN_SECRET = "pfkkdhi9sl3r/4s00+Q=";

    static String urlEncoder(String text) { return URLEncoder.encode(text, StandardCharsets.UTF_8); }
    static String strict(String text) { return urlEncoder(text).replace("+", "%20").replace("*", "%2A").replace("%7E", "~"); }
    static String latin(String text) {
        return URLEncoder.encode(text, StandardCharsets.ISO_8859_1).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    UnaryOperator<String> enc = Clients::strict;
    String encoder = "URLEncoder.encode", server = "oauthlib", method = "POST", url = "http://api.example.com/rest/item/7";
    String signUrl, signMethod, key = strict(SECRET) + "&" + strict(TOKEN_SECRET), comment = "", algorithm = "HmacSHA1", label = "HMAC-SHA1";
    String timestamp = Long.toString(System.currentTimeMillis() / 1000), realm = "", body, nonce = UUID.randomUUID().toString().replace("-", "");
    Function<byte[], String> digest = octets -> Base64.getEncoder().encodeToString(octets);
    String[][] form = {{"name", "Müller & Söhne"}, {"note", "tilde ~ star * (x)"}};
    Comparator<String[]> order = Comparator.<String[], String>comparing(p -> p[0]).thenComparing(p -> p[1]);
    boolean collapse, orderFirst, signRealm, noToken, type = true;

    static void send(String name, String expected, Consumer<Clients> set) throws Exception {
        Clients o = new Clients();
        set.accept(o);
        List<String[]> oauth = new ArrayList<>(List.of(new String[][] {{"oauth_consumer_key", KEY}, {"oauth_token", TOKEN}, {"oauth_signature_method", o.label},
            {"oauth_timestamp", o.timestamp}, {"oauth_nonce", o.nonce}, {"oauth_version", "1.0"}}));
        if (o.noToken) oauth.remove(1);
        List<String[]> all = new ArrayList<>(oauth);
        URI uri = URI.create(o.url);
        if (uri.getQuery() != null) for (String part : uri.getQuery().split("&")) all.add(part.split("=", 2));
        all.addAll(Arrays.asList(o.form));
        if (o.signRealm) all.add(new String[] {"realm", o.realm});
        if (o.collapse) {
            Map<String, String> map = new TreeMap<>();
            for (String[] pair : all) map.put(pair[0], pair[1]);
            all = new ArrayList<>();
            for (Map.Entry<String, String> entry : map.entrySet()) all.add(new String[] {entry.getKey(), entry.getValue()});
        }
        if (o.orderFirst) all.sort(o.order);
        all.replaceAll(pair -> new String[] {o.enc.apply(pair[0]), o.enc.apply(pair[1])});
        if (!o.orderFirst && o.order != null) all.sort(o.order);
        List<String> joined = new ArrayList<>(), body = new ArrayList<>(), header = new ArrayList<>();
        for (String[] pair : all) joined.add(pair[0] + "=" + pair[1]);
        for (String[] pair : o.form) body.add(strict(pair[0]) + "=" + strict(pair[1]));
        String base = o.signUrl != null ? o.signUrl : uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
        String text = (o.signMethod != null ? o.signMethod : o.method) + "&" + o.enc.apply(base) + "&" + o.enc.apply(String.join("&", joined));
        Mac mac = Mac.getInstance(o.algorithm);
        mac.init(new SecretKeySpec(o.key.getBytes(StandardCharsets.UTF_8), o.algorithm));
        oauth.add(new String[] {"oauth_signature", o.digest.apply(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)))});
        if (!o.realm.isEmpty()) header.add("realm=\"" + o.realm + "\"");
        for (String[] pair : oauth) header.add(pair[0] + "=\"" + strict(pair[1]) + "\"");
        String sent = o.body != null ? o.body : String.join("&", body);
        System.out.println(String.join("\t", "java-" + name, o.noToken ? "2" : "3", expected, o.encoder, o.server, o.method, o.url, "OAuth " + String.join(", ", header),
            o.form.length > 0 && o.type ? "application/x-www-form-urlencoded" : "", Base64.getEncoder().encodeToString(sent.getBytes(StandardCharsets.UTF_8)), o.comment));
    }

    public static void main(String[] arguments) throws Exception {
        send("url-encoder", "form-encoder", o -> { o.enc = Clients::urlEncoder; o.server = "php"; });
        send("url-encoder-plus-replaced", "tilde-encoded", o -> { o.enc = t -> urlEncoder(t).replace("+", "%20"); o.form = new String[][] {{"path", "~ann/x y"}}; o.comment = "only '+' mended after URLEncoder"; });
        send("url-encoder-star", "reserved-left-unencoded", o -> { o.enc = t -> urlEncoder(t).replace("+", "%20"); o.form = new String[][] {{"q", "a * b"}}; o.server = "authlib"; });
        send("latin-1", "another-charset", o -> { o.enc = Clients::latin; o.encoder = "ISO-8859-1"; o.server = "php"; });
        send("tree-map", "same-names-collapsed", o -> { o.collapse = true; o.form = new String[][] {{"id", "1"}, {"id", "2"}}; o.encoder = "TreeMap"; });
        send("case-insensitive", "sorted-ignoring-case", o -> { o.order = (a, b) -> String.CASE_INSENSITIVE_ORDER.compare(a[0], b[0]); o.form = new String[][] {{"Zip", "1"}, {"city", "x"}}; o.server = "node"; });
        send("sorted-first", "sorted-before-encoding", o -> { o.orderFirst = true; o.form = new String[][] {{"a", "é"}, {"a", "z"}, {"a", "~"}}; o.comment = "raw values sorted, and then encoded"; });
        send("mime-encoder", "blanks-around-signature", o -> { o.algorithm = "HmacSHA512"; o.label = "HMAC-SHA512"; o.digest = b -> Base64.getMimeEncoder().encodeToString(b); o.encoder = "Base64.getMimeEncoder"; });
        send("get-path", "path-decoded", o -> { o.url = "http://api.example.com/rest/caf%C3%A9%20bar"; o.signUrl = "http://api.example.com" + URI.create(o.url).getPath(); o.server = "node"; o.encoder = "URI.getPath"; });
        send("current-time-millis", "timestamp-in-milliseconds", o -> { o.timestamp = Long.toString(System.currentTimeMillis()); o.server = "php"; });
        send("secret-only", "key-without-ampersand", o -> { o.noToken = true; o.key = strict(SECRET); o.server = "ruby"; });
        send("swapped", "secrets-swapped", o -> { o.key = strict(TOKEN_SECRET) + "&" + strict(SECRET); o.server = "authlib"; });
        send("realm-signed", "realm-signed", o -> { o.realm = "items"; o.signRealm = true; o.server = "php"; });
        send("method-name", "method-not-in-capitals", o -> { o.signMethod = "Post"; o.server = "node"; });
        send("other-method", "another-http-method", o -> { o.method = "PUT"; o.signMethod = "POST"; o.server = "authlib"; o.comment = "setRequestMethod changed later"; });
        send("https", "other-scheme-signed", o -> { o.url = "https://api.example.com/rest/item/7"; o.signUrl = "http://api.example.com/rest/item/7"; o.server = "php"; });
        send("query-and-uri", "query-in-uri", o -> { o.method = "GET"; o.form = new String[0][]; o.url = "http://api.example.com/rest/items?script=12&deploy=1"; o.signUrl = o.url; o.server = "ruby"; o.comment = "NetSuite's RESTlet examples"; });
        send("slash", "trailing-slash-added", o -> { o.signUrl = o.url + "/"; o.server = "ruby"; });
        send("url-decoded-secret", "token-secret-in-another-case", o -> { o.key = strict(SECRET) + "&" + strict(TOKEN_SECRET.toUpperCase()); o.server = "node"; });
        send("hash-map", "unknown", o -> { List<String> seen = new ArrayList<>(); o.order = (a, b) -> Integer.compare((a[0] + 7).hashCode(), (b[0] + 7).hashCode()); o.comment = "the order of a HashMap"; o.server = "oauthlib"; });
        send("string-of-bytes", "unknown", o -> { o.digest = b -> Base64.getEncoder().encodeToString(new String(b, StandardCharsets.US_ASCII).getBytes(StandardCharsets.UTF_8)); o.comment = "new String(bytes) destroyed the signature"; o.server = "node"; });
        send("pair-encoder-and-swapped", "form-encoder,secrets-swapped", o -> { o.enc = Clients::urlEncoder; o.key = strict(TOKEN_SECRET) + "&" + strict(SECRET); });
        send("pair-latin-1-and-https", "another-charset,other-scheme-signed", o -> { o.enc = Clients::latin; o.url = "https://api.example.com/rest/item/7"; o.signUrl = "http://api.example.com/rest/item/7"; o.server = "authlib"; });
        send("control-uuid", "unknown", o -> { o.nonce = UUID.randomUUID().toString(); o.comment = "the server takes no nonce with '-', and does not say so"; });
        send("control-oauthlib", "right", o -> {});
        send("control-hand", "right", o -> o.server = "php");
        send("control-query", "right", o -> { o.server = "node"; o.url = "http://api.example.com/rest/items?a=1"; });
        send("control-sha256", "right", o -> { o.algorithm = "HmacSHA256"; o.label = "HMAC-SHA256"; });
        send("control-realm", "right", o -> { o.realm = "items"; o.server = "ruby"; });
        send("control-broken", "right", o -> { o.server = "ruby"; o.url = "http://api.example.com/broken/1"; });
    }
}
