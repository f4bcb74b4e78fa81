#include "conv2d_transpose.h"

#include <stddef.h>

#include "json.h"

/* One number for height and one for width, from 1, 2 or 4 of them; 0 where they are wrong. */
static int per_axis(const char *given, int channel, long long *pair)
{
    long long n[4];
    int count = json_integers(given, n, 4), first = count == 4 ? (channel == 3 ? 1 : 2) : 0;
    if (count != 1 && count != 2 && count != 4)
        return 0;
    pair[0] = n[first];
    pair[1] = n[count == 1 ? 0 : first + 1];
    return pair[0] > 0 && pair[1] > 0 && (count < 4 || (n[0] == 1 && n[channel] == 1));
}

/* Four pairs of which SAME and VALID leave zeros; 0 where they are wrong. */
static int four_pairs(const char *padding, int channel, long long *pads)
{
    if (json_is(padding, "SAME") || json_is(padding, "VALID"))
        return 1;
    if (json_integers(padding, pads, 8) != 8)
        return 0;
    for (int i = 0; i < 8; i++)
        if (pads[i] < 0 || (pads[i] && (i / 2 == 0 || i / 2 == channel)))
            return 0;
    return 1;
}

/* Completes the axis; 0 where its output is not legal. The formulas are those of the protocol's page. */
static int crop(struct axis *a, int same, const long long *pads)
{
    long long full = a->stride * (a->input - 1) + a->dilation * (a->kernel - 1) + 1;
    long long shortest = same ? a->stride * (a->input - 1) + 1 : full - pads[0] - pads[1];
    a->crop_before = !same ? pads[0] : full > a->output ? (full - a->output) / 2 : 0;
    return a->output >= 0 && a->output >= shortest && a->output < shortest + a->stride;
}

const char *judge(const char *arguments, struct call *call)
{
    long long value[4], filter[4], output[4], stride[2], dilation[2] = {1, 1}, pads[8] = {0};
    const char *format = json_member(arguments, "data_format"), *padding = json_member(arguments, "padding");
    const char *dilations = json_member(arguments, "dilations");
    int last = *format == 'n' || json_is(format, "NHWC"), channel = last ? 3 : 1, height = last ? 1 : 2;

    if (!last && !json_is(format, "NCHW"))
        return "data_format is neither NHWC nor NCHW";
    if (json_integers(json_member(arguments, "value"), value, 4) != 4 ||
        json_integers(json_member(arguments, "filter"), filter, 4) != 4 ||
        json_integers(json_member(arguments, "output_shape"), output, 4) != 4)
        return "value, filter and output_shape need four numbers each";
    if (value[channel] < 1 || filter[0] < 1 || filter[1] < 1 || filter[2] < 1)
        return "there are no channels, or no kernel";
    if (filter[3] != value[channel])
        return "the filter's last axis is not the number of the value's channels";
    if (!per_axis(json_member(arguments, "strides"), channel, stride))
        return "strides are 1, 2 or 4 positive numbers, 1 for batch and channels";
    if (*dilations != 'n' && !per_axis(dilations, channel, dilation))
        return "dilations are 1, 2 or 4 positive numbers, 1 for batch and channels";
    if (!four_pairs(padding, channel, pads))
        return "padding is SAME, VALID, or four pairs that are not negative, and 0 for batch and channels";
    if (output[0] != value[0] || output[channel] != filter[2])
        return "output_shape has another batch or other channels";

    *call = (struct call){.channels_last = last, .batch = value[0], .in = value[channel], .out = filter[2]};
    for (int i = 0; i < 2; i++) {
        call->axis[i] = (struct axis){value[height + i], filter[i], stride[i], dilation[i], 0, output[height + i]};
        if (!crop(&call->axis[i], json_is(padding, "SAME"), pads + 2 * (height + i)))
            return "no convolution leads from this output_shape back to the value's shape";
    }
    return NULL;
}

void conv2d_transpose(const struct call *c, const double *x, const double *w, double *y)
{
    const struct axis *h = &c->axis[0], *v = &c->axis[1];
    long long inputs = h->input * v->input, outputs = h->output * v->output;
    long long x_pixel = c->channels_last ? c->in : 1, x_channel = c->channels_last ? 1 : inputs;
    long long y_pixel = c->channels_last ? c->out : 1, y_channel = c->channels_last ? 1 : outputs;

    for (long long n = 0; n < c->batch; n++)
    for (long long jh = 0; jh < h->input; jh++)
    for (long long jw = 0; jw < v->input; jw++)
    for (long long th = 0; th < h->kernel; th++)
    for (long long tw = 0; tw < v->kernel; tw++) {
        long long ph = h->stride * jh + h->dilation * th - h->crop_before;
        long long pw = v->stride * jw + v->dilation * tw - v->crop_before;
        if (ph < 0 || ph >= h->output || pw < 0 || pw >= v->output)
            continue;
        const double *from = x + n * inputs * c->in + (jh * v->input + jw) * x_pixel;
        const double *tap = w + (th * v->kernel + tw) * c->out * c->in;
        double *to = y + n * outputs * c->out + (ph * v->output + pw) * y_pixel;
        for (long long o = 0; o < c->out; o++)
            for (long long i = 0; i < c->in; i++)
                to[o * y_channel] += from[i * x_channel] * tap[o * c->in + i];
    }
}
