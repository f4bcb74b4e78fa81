/* conv2d_transpose in plain C behind protocol 1 (docs/protocol.md, from which alone it was written).
 *
 * From top to bottom: JSON, as much of it as requests need; frames; what makes a call wrong, from its arguments alone;
 * the sums, in double; the conversation. C99 and its library, on a little-endian machine.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_HEADER (1ull << 24)
#define MOST_BYTES (1ull << 31)

static void fail(const char *what)
{
    fprintf(stderr, "port: %s\n", what);
    exit(1);
}

/* ---- JSON: a value is a pointer to its first character ---- */

static const char *blank(const char *p)
{
    return p + strspn(p, " \t\r\n,:");
}

/* Behind the value that begins at p. */
static const char *behind(const char *p)
{
    if (*p == '"') {
        for (p++; *p && *p != '"'; p++)
            p += *p == '\\' && p[1];
        return *p ? p + 1 : p;
    }
    if (*p == '{' || *p == '[') {
        for (p = blank(p + 1); *p && *p != '}' && *p != ']'; p = blank(p))
            p = behind(p);
        return *p ? p + 1 : p;
    }
    size_t length = strcspn(p, " \t\r\n,:]}");
    return p + (length || !*p ? length : 1);
}

static int is(const char *value, const char *word)
{
    size_t length = strlen(word);
    return *value == '"' && !strncmp(value + 1, word, length) && value[1 + length] == '"';
}

/* The member of an object; "null" where it has none. */
static const char *member(const char *object, const char *name)
{
    for (const char *p = blank(object + 1); *object == '{' && *p && *p != '}'; p = blank(behind(p))) {
        const char *value = blank(behind(p));
        if (is(p, name))
            return value;
        p = value;
    }
    return "null";
}

/* The integers of a number or of lists of any depth, in their order; how many there are, -1 for null and strings. */
static int integers(const char *p, long long *out, int most)
{
    int count = 0;
    if (!strchr("[-0123456789", *p))
        return -1;
    for (const char *end = behind(p); p < end; p++)
        if (strchr("-0123456789", *p)) {
            char *next;
            long long number = strtoll(p, &next, 10);
            if (count < most)
                out[count] = number;
            count++;
            p = next - 1;
        }
    return count;
}

/* ---- frames ---- */

static int receive(void *bytes, size_t count)
{
    size_t came = fread(bytes, 1, count, stdin);
    if (came && came < count)
        fail("the input ended inside a frame");
    return came == count;
}

static void *allocated(size_t bytes)
{
    void *memory = calloc(bytes ? bytes : 1, 1);
    if (!memory)
        fail("out of memory");
    return memory;
}

static void say(const void *tensor, size_t bytes, const char *format, ...)
{
    char header[1024];
    va_list arguments;
    va_start(arguments, format);
    uint64_t length = (uint64_t)vsnprintf(header, sizeof header, format, arguments);
    va_end(arguments);
    fwrite(&length, sizeof length, 1, stdout);
    fwrite(header, 1, length, stdout);
    if (bytes)
        fwrite(tensor, 1, bytes, stdout);
    fflush(stdout);
}

/* ---- what makes a call wrong ---- */

struct axis { long long input, kernel, stride, dilation, crop_before, output; };
struct call { int last; long long batch, in, out; struct axis axis[2]; };

/* One number for height and one for width, from 1, 2 or 4 of them; 0 where they are wrong. */
static int per_axis(const char *given, int last, long long *pair)
{
    long long n[4];
    int count = integers(given, n, 4);
    const long long *spatial = count == 4 ? n + (last ? 1 : 2) : n;
    if (count != 1 && count != 2 && count != 4)
        return 0;
    pair[0] = spatial[0];
    pair[1] = count == 1 ? spatial[0] : spatial[1];
    return pair[0] > 0 && pair[1] > 0 && (count < 4 || (n[0] == 1 && n[last ? 3 : 1] == 1));
}

/* Reads the arguments into the call; why it is wrong, or NULL. */
static const char *judge(const char *arguments, struct call *call)
{
    long long value[4], filter[4], output[4], stride[2], dilation[2] = {1, 1}, pads[8] = {0};
    const char *format = member(arguments, "data_format"), *padding = member(arguments, "padding");
    const char *dilations = member(arguments, "dilations");
    int same = is(padding, "SAME"), valid = is(padding, "VALID");
    int last = call->last = *format == 'n' || is(format, "NHWC"), channel = last ? 3 : 1, height = last ? 1 : 2;

    if (!last && !is(format, "NCHW"))
        return "data_format is neither NHWC nor NCHW";
    if (integers(member(arguments, "value"), value, 4) != 4 || integers(member(arguments, "filter"), filter, 4) != 4 ||
        integers(member(arguments, "output_shape"), output, 4) != 4)
        return "value, filter and output_shape need four numbers each";
    if (value[channel] < 1 || filter[0] < 1 || filter[1] < 1 || filter[2] < 1)
        return "there are no channels, or no kernel";
    if (filter[3] != value[channel])
        return "the filter's last axis is not the number of the value's channels";
    if (!per_axis(member(arguments, "strides"), last, stride))
        return "strides are 1, 2 or 4 positive numbers, 1 for batch and channels";
    if (*dilations != 'n' && !per_axis(dilations, last, dilation))
        return "dilations are 1, 2 or 4 positive numbers, 1 for batch and channels";
    if (!same && !valid && (*padding != '[' || integers(padding, pads, 8) != 8))
        return "padding is neither SAME nor VALID nor four pairs";
    for (int i = 0; i < 8; i++)
        if (pads[i] < 0 || (pads[i] && (i / 2 == 0 || i / 2 == channel)))
            return "pads are not negative, and 0 for batch and channels";
    if (output[0] != value[0] || output[channel] != filter[2])
        return "output_shape has another batch or other channels";

    call->batch = value[0], call->in = value[channel], call->out = filter[2];
    for (int i = 0; i < 2; i++) {
        long long length = value[height + i], s = stride[i], o = output[height + i], *pad = pads + 2 * (height + i);
        long long full = s * (length - 1) + dilation[i] * (filter[i] - 1) + 1;
        long long shortest = same ? s * (length - 1) + 1 : full - pad[0] - pad[1];
        if (o < 0 || o < shortest || o >= shortest + s)
            return "no convolution leads from this output_shape back to the value's";
        long long crop = !same ? pad[0] : full > o ? (full - o) / 2 : 0;
        call->axis[i] = (struct axis){length, filter[i], s, dilation[i], crop, o};
    }
    return NULL;
}

/* Whether the suite's axes, where it sends them, say what the arguments say. */
static int agree(const char *axes, const struct call *call)
{
    long long n[12];
    return *axes != '[' || (integers(axes, n, 12) == 12 && !memcmp(n, call->axis, sizeof n));
}

/* ---- the sums ---- */

static double *widened(const void *elements, size_t count, int wide)
{
    double *out = allocated(count * sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i] = wide ? ((const double *)elements)[i] : ((const float *)elements)[i];
    return out;
}

static void scatter(const struct call *c, const double *x, const double *w, double *y)
{
    const struct axis *h = &c->axis[0], *v = &c->axis[1];
    long long in_step = c->last ? 1 : h->input * v->input, in_pixel = c->last ? c->in : 1;
    long long out_step = c->last ? 1 : h->output * v->output, out_pixel = c->last ? c->out : 1;

    for (long long n = 0; n < c->batch; n++)
    for (long long jh = 0; jh < h->input; jh++)
    for (long long jw = 0; jw < v->input; jw++)
    for (long long th = 0; th < h->kernel; th++)
    for (long long tw = 0; tw < v->kernel; tw++) {
        long long ph = h->stride * jh + h->dilation * th - h->crop_before;
        long long pw = v->stride * jw + v->dilation * tw - v->crop_before;
        if (ph < 0 || ph >= h->output || pw < 0 || pw >= v->output)
            continue;
        const double *pixel = x + n * h->input * v->input * c->in + (jh * v->input + jw) * in_pixel;
        const double *tap = w + (th * v->kernel + tw) * c->out * c->in;
        double *result = y + n * h->output * v->output * c->out + (ph * v->output + pw) * out_pixel;
        for (long long o = 0; o < c->out; o++)
            for (long long i = 0; i < c->in; i++)
                result[o * out_step] += pixel[i * in_step] * tap[o * c->in + i];
    }
}

/* ---- the conversation ---- */

static void compute(long long seq, const struct call *c, int wide, const char *shape, void *tensors[], size_t counts[])
{
    size_t count = (size_t)(c->batch * c->axis[0].output * c->axis[1].output * c->out);
    double *x = widened(tensors[0], counts[0], wide), *w = widened(tensors[1], counts[1], wide);
    double *y = allocated(count * sizeof *y);
    scatter(c, x, w, y);
    if (!wide)
        for (size_t i = 0; i < count; i++)
            ((float *)y)[i] = (float)y[i]; /* never ahead of what is still to be read */
    say(y, count * (wide ? 8 : 4),
        "{\"type\":\"reply\",\"seq\":%lld,\"tensors\":[{\"name\":\"result\",\"dtype\":\"%s\",\"shape\":%.*s}]}", seq,
        wide ? "float64" : "float32", (int)(behind(shape) - shape), shape);
    free(x), free(w), free(y);
}

static void answer(const char *header, void *tensors[], size_t counts[])
{
    long long seq = 0;
    struct call call;
    const char *arguments = member(header, "arguments"), *dtype = member(arguments, "dtype");
    integers(member(header, "seq"), &seq, 1);
    const char *fault = judge(arguments, &call);
    if (fault)
        say(NULL, 0, "{\"type\":\"refusal\",\"seq\":%lld,\"error\":\"wrong call\",\"message\":\"%s\"}", seq, fault);
    else if (!agree(member(header, "axes"), &call))
        say(NULL, 0, "{\"type\":\"error\",\"seq\":%lld,\"message\":\"axes contradict the arguments\"}", seq);
    else
        compute(seq, &call, is(dtype, "float64"), member(arguments, "output_shape"), tensors, counts);
}

/* Reads the tensors that follow a header. hello promises what comes: two of them, float32 or float64. */
static void read_tensors(const char *listed, void *tensors[], size_t counts[])
{
    const char *entry = blank(listed + 1);
    for (int i = 0; i < 2; i++, entry = blank(behind(entry))) {
        long long shape[16];
        int rank = integers(member(entry, "shape"), shape, 16);
        size_t bytes = is(member(entry, "dtype"), "float64") ? 8 : 4;
        for (counts[i] = 1; rank > 0; rank--)
            counts[i] *= (size_t)shape[rank - 1];
        if (counts[i] * bytes > MOST_BYTES)
            fail("a tensor is too large");
        tensors[i] = allocated(counts[i] * bytes);
        if (counts[i] && !receive(tensors[i], counts[i] * bytes))
            fail("the input ended before a tensor");
    }
}

int main(void)
{
    uint64_t length;
    say(NULL, 0, "{\"type\":\"hello\",\"protocol\":1,\"framework\":\"port-c\",\"version\":\"1.0\",\"language\":\"C\","
                 "\"operators\":[\"conv2d_transpose\"],\"dtypes\":[\"float32\",\"float64\"],"
                 "\"layouts\":[\"NHWC\",\"NCHW\"]}");
    while (receive(&length, sizeof length)) {
        void *tensors[2];
        size_t counts[2];
        char *header = length > MOST_HEADER ? NULL : allocated((size_t)length + 1);
        if (!header || !receive(header, (size_t)length))
            fail("no header");
        read_tensors(member(header, "tensors"), tensors, counts);
        answer(header, tensors, counts);
        free(header), free(tensors[0]), free(tensors[1]);
    }
    return 0;
}
