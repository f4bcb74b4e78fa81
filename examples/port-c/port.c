/* conv2d_transpose in plain C behind protocol 1: docs/protocol.md, from which alone it was written.
 *
 * This file is the conversation: C99 and its library, on a little-endian machine. hello promises that nothing comes but
 * float32 and float64.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conv2d_transpose.h"
#include "json.h"

#define MOST_HEADER (1ull << 24)
#define MOST_BYTES (1ull << 31)

struct tensor { int wide; size_t count; double *elements; };

static void fail(const char *what)
{
    fprintf(stderr, "port: %s\n", what);
    exit(1);
}

static void *allocated(size_t bytes)
{
    void *memory = calloc(bytes ? bytes : 1, 1);
    if (!memory)
        fail("out of memory");
    return memory;
}

/* 0 at the end of the input. */
static int receive(void *bytes, size_t count)
{
    size_t came = fread(bytes, 1, count, stdin);
    if (came && came < count)
        fail("the input ended inside a frame");
    return came == count;
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

/* The tensor that a header describes, as doubles. */
static struct tensor receive_tensor(const char *described)
{
    long long shape[16];
    int rank = json_integers(json_member(described, "shape"), shape, 16);
    struct tensor t = {json_is(json_member(described, "dtype"), "float64"), 1, NULL};
    for (; rank > 0; rank--)
        t.count *= (size_t)shape[rank - 1];
    if (t.count > MOST_BYTES / sizeof(double))
        fail("a tensor is too large");
    void *raw = allocated(t.count * sizeof(double));
    if (t.count && !receive(raw, t.count * (t.wide ? sizeof(double) : sizeof(float))))
        fail("the input ended before a tensor");
    if (t.wide) {
        t.elements = raw;
        return t;
    }
    t.elements = allocated(t.count * sizeof(double));
    for (size_t i = 0; i < t.count; i++)
        t.elements[i] = ((float *)raw)[i];
    free(raw);
    return t;
}

static void reply(long long seq, const double *y, size_t count, int wide, const char *shape)
{
    const char *header = "{\"type\":\"reply\",\"seq\":%lld,"
                         "\"tensors\":[{\"name\":\"result\",\"dtype\":\"%s\",\"shape\":%.*s}]}";
    int length = (int)(json_behind(shape) - shape);
    if (wide) {
        say(y, count * sizeof *y, header, seq, "float64", length, shape);
        return;
    }
    float *narrow = allocated(count * sizeof *narrow);
    for (size_t i = 0; i < count; i++)
        narrow[i] = (float)y[i];
    say(narrow, count * sizeof *narrow, header, seq, "float32", length, shape);
    free(narrow);
}

/* Whether the suite's integers, where it sends them, are those that the arguments gave us. */
static int agrees(const char *axes, const struct call *call)
{
    long long n[12];
    return *axes != '[' || (json_integers(axes, n, 12) == 12 && !memcmp(n, call->axis, sizeof n));
}

static void answer(const char *header, struct tensor x, struct tensor w)
{
    long long seq = 0;
    struct call call;
    const char *arguments = json_member(header, "arguments"), *fault = judge(arguments, &call);
    json_integers(json_member(header, "seq"), &seq, 1);
    if (!fault && x.wide != w.wide)
        fault = "value and filter have two dtypes";
    if (fault) {
        say(NULL, 0, "{\"type\":\"refusal\",\"seq\":%lld,\"error\":\"wrong call\",\"message\":\"%s\"}", seq, fault);
    } else if (!agrees(json_member(header, "axes"), &call)) {
        say(NULL, 0, "{\"type\":\"error\",\"seq\":%lld,\"message\":\"axes contradict the arguments\"}", seq);
    } else {
        size_t count = (size_t)(call.batch * call.axis[0].output * call.axis[1].output * call.out);
        double *y = allocated(count * sizeof *y);
        conv2d_transpose(&call, x.elements, w.elements, y);
        reply(seq, y, count, x.wide, json_member(arguments, "output_shape"));
        free(y);
    }
}

int main(void)
{
    uint64_t length;
    say(NULL, 0, "{\"type\":\"hello\",\"protocol\":1,\"framework\":\"port-c\",\"version\":\"1.0\",\"language\":\"C\","
                 "\"operators\":[\"conv2d_transpose\"],\"dtypes\":[\"float32\",\"float64\"],"
                 "\"layouts\":[\"NHWC\",\"NCHW\"]}");
    while (receive(&length, sizeof length)) {
        char *header = length > MOST_HEADER ? NULL : allocated((size_t)length + 1);
        if (!header || !receive(header, (size_t)length))
            fail("the input holds no header");
        const char *first = json_next(json_member(header, "tensors") + 1);
        struct tensor x = receive_tensor(first), w = receive_tensor(json_next(json_behind(first)));
        answer(header, x, w);
        free(header), free(x.elements), free(w.elements);
    }
    return 0;
}
